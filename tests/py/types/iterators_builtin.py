"""enumerate, zip, map, filter, reversed, iter with a sentinel, next with a default."""
print(list(enumerate("ab", 5)), list(zip("abc", [1, 2])), list(map(lambda a, b: a * b, [1, 2, 3], [4, 5])), list(filter(None, [0, 1, "", "x"])), list(filter(lambda v: v > 1, [1, 2, 3])), list(reversed([1, 2])))
n = iter([3, 2, 1, 0, 5])
print(list(iter(lambda: next(n), 0)), next(n), next(n, "default"), next(iter([]), None))
print(list(zip()), list(zip([1])), list(zip("ab", "cd", strict=True)), type(zip()).__name__, list(map(str, {1: 2})), list(zip(*[(1, 2), (3, 4)])))
for source in ("list(zip([1], [1, 2], strict=True))", "list(zip([1, 2], [1], strict=True))", "list(map(None, [1]))", "next(5)", "iter(5, 6)", "enumerate(5)", "zip([1], 5)", "filter(1)", "map(len)", "reversed({1})", "list(map(len, [1]))", "iter(5)", "next(iter([]))"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
m = map(lambda v: v + 1, iter(range(3)))
print(iter(m) is m, next(m), list(m))
e = enumerate(["x"], start=2 ** 70)
print(next(e))
