"""zip, map and filter stop where CPython stops and consume what it consumes."""
a, b = iter([1, 2, 3]), iter([10])
print(list(zip(a, b)), list(a))
a, b = iter([1, 2, 3]), iter([10])
print(list(zip(b, a)), list(a))
a, b = iter("ab"), iter("c")
print(list(map(lambda x, y: x + y, a, b)), list(a))
z = zip([1, 2])
print(next(z), list(z), list(z), iter(z) is z)
f = filter(lambda v: 10 // v > 2, [1, 0, 2])
print(next(f))
try:
    next(f)
except ZeroDivisionError as e:
    print(e)
print(next(f))
m = map(int, ["1", "x", "3"])
print(next(m))
try:
    next(m)
except ValueError:
    print("bad")
print(next(m))
e = enumerate(iter("abc"), 1)
next(e)
print(list(e), list(reversed("ab")), list(zip(range(3), "abc", [True] * 3)))
