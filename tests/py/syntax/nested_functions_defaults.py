"""Definitions inside loops and conditions; functions as values; recursion through names."""
table = {}
for op in ("add", "sub"):
    def f(a, b, op=op):
        return a + b if op == "add" else a - b
    table[op] = f
print(table["add"](2, 1), table["sub"](2, 1))
if True:
    def g():
        return "first"
else:
    def g():
        return "second"
print(g())


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


print(even(100), odd(7))


def g():
    return "redefined"


print(g(), (lambda f: f(f, 5))(lambda f, n: 1 if n < 2 else n * f(f, n - 1)))
