"""sort is stable, calls the key once per item, and works with reverse."""
data = [("b", 1), ("a", 1), ("c", 0), ("a", 0), ("b", 0)]
print(sorted(data, key=lambda p: p[1]), sorted(data, key=lambda p: p[1], reverse=True), sorted(data), sorted(data, reverse=True))
calls = []
sorted([3, 1, 2], key=lambda v: calls.append(v) or v)
print(calls)
import functools
print(sorted(["bb", "a", "ccc"], key=functools.cmp_to_key(lambda x, y: len(y) - len(x))))
big = [(i * 7919) % 1009 for i in range(5000)]
s = sorted(big)
print(all(a <= b for a, b in zip(s, s[1:])), sum(s) == sum(big), s[:5], sorted(s) == s, sorted(s, reverse=True) == s[::-1])
print(sorted([2, 1.5, True, 0]), sorted([[2], [1, 5], []]), sorted({"b": 1, "a": 2}), sorted("hello"), sorted(["é", "z", "a", "Z"]), sorted([-0.0, 0.0, -1]))


class Bad:
    def __lt__(self, other):
        raise ValueError("no order")


try:
    sorted([Bad(), Bad()])
except ValueError as e:
    print(e)
try:
    sorted([1, "a", None])
except TypeError as e:
    print(e)
nan = float("nan")
print(len(sorted([3, nan, 1])), sorted([b"b", b"a"]), sorted([(1, "b"), (1, "a")]), min([3, 1, 2], key=lambda v: -v), max("abc", key="cab".index), max([], default=5), min(3, 1, 2))
