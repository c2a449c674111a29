"""Every kind of parameter and the errors of wrong calls."""


def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4))
print(f(1, 2, 3, 4, 5, d=6, e=7, g=8))
print(f(*[1, 2], **{"d": 3, "a": 9}))
print(f(1, *(2, 3), *[4], d=0, **{"x": 1}, **{"y": 2}))


def g(a, b):
    pass


def h(a, *, k):
    pass


def none():
    pass


def p(a, /, b):
    pass


calls = [
    lambda: g(),
    lambda: g(1),
    lambda: g(1, 2, 3),
    lambda: g(1, b=2, c=3),
    lambda: g(1, 2, b=3),
    lambda: h(1),
    lambda: h(1, 2, k=1),
    lambda: none(1),
    lambda: p(a=1, b=2),
    lambda: g(**{"a": 1}, **{"a": 2}),
    lambda: g(*5),
    lambda: g(**5),
    lambda: g(**{1: 2}),
    lambda: f(),
    lambda: (lambda x, y=1: 0)(1, 2, 3),
]
for call in calls:
    try:
        print(call())
    except TypeError as e:
        print(e)
print(f.__defaults__, f.__kwdefaults__, f.__code__.co_varnames[:7], f.__code__.co_argcount, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount)
