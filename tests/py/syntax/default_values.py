"""Defaults are made once, when the function is defined; they can be changed."""


def f(x=[]):
    x.append(1)
    return x


print(f(), f())
n = 1


def g(v=n, *, k=n + 1):
    return v, k


n = 100
print(g())
g.__defaults__ = (7,)
g.__kwdefaults__ = {"k": 8}
print(g())
g.__defaults__ = None
try:
    g()
except TypeError as e:
    print(e)
functions = [lambda i=i: i for i in range(3)]
print([f() for f in functions])
late = [lambda: i for i in range(3)]
print([f() for f in late])
