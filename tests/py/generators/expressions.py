"""Generator expressions: laziness, first iterable at once, names, nesting."""


def loud(n):
    print("range", n)
    return range(n)


g = (x * y for x in loud(2) for y in loud(2))
print("made")
print(list(g))
print(type(g).__name__, g.__name__, g.__qualname__)
print(sum(x for x in range(5)), max((len(w), w) for w in ["a", "ccc", "bb"]))
print(dict((k, v) for k, v in zip("ab", range(2))))
n = 3
g = (n * x for x in range(3))
n = 10
print(list(g))
try:
    list(1 / x for x in [1, 0])
except ZeroDivisionError as e:
    print(e)
