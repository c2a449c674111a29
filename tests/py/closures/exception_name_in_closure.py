"""The name of `except … as` is unbound after the handler, also as a cell."""


def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        g = lambda: e
        print(type(g()).__name__)
    try:
        g()
    except NameError as n:
        print(n)


f()
e = "module level"
try:
    raise KeyError
except KeyError as e:
    pass
print("e" in globals())
