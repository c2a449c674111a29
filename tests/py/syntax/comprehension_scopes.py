"""Comprehensions: own scope, conditions, nesting, class bodies, evaluation order."""
x = 10
print([x for x in range(3)], x)
print({x: y for x in "ab" for y in "cd"})
print([[i * j for j in range(3)] for i in range(3)])
print([a + b for a in "xy" if a != "z" for b in "12" if b])
print({n % 3 for n in range(10)} == {0, 1, 2})
print(sum(n for n in range(5) if n % 2))
print([(lambda: i)() for i in range(3)])


def f():
    y = 5
    return [y + z for z in range(2)], [locals().get("z") for z in range(1)]


print(f())


class C:
    n = 3
    items = [i for i in range(n)]


print(C.items, hasattr(C, "i"))
g = (print("run", i) or i for i in range(2))
print(next(g))
print(list(g))
try:
    (i for i in 5)
except TypeError as e:
    print(e)
print([i for i in range(5) if i if i % 2])
print([*range(3), *"ab"], {*[1], *[2]} == {1, 2}, {**{"a": 1}, "b": 2, **{"a": 3}})
print([(a, b) for a, (b, *_) in [(1, "xy"), (2, "zw")]])
