"""sum, min, max, any, all over generators, floats, empty things."""
print(sum([]), sum((), 5), sum([0.1] * 10), sum([1e100, 1.0, -1e100]), sum(x for x in (1, 2)), sum([1, 2.5, 3j]), sum([True, True]), sum([[1], [2]], []), sum(range(10 ** 5)))
print(max("b", "a"), max([1], [0, 5]), max({1: 0, 5: 0}), max((2, "a"), (2, "b")), min("abc", key=lambda c: -ord(c)), max([1, 2, 3], default=0), min((), default=None), max(1, 1.0), max(1.0, 1))
print(any(x > 1 for x in [0, 2, "not reached"]), all(x for x in []), any(iter([])), all([[]]), any([[], 0, "x"]))
