"""Attributes of functions: name, doc, dict, code, closure, globals, and writing to them."""


def f(a, b=1):
    "doc"
    return a


print(f.__name__, f.__qualname__, f.__doc__, f.__module__, f.__defaults__, f.__closure__, f.__globals__ is globals())
f.attr = 5
f.__name__ = "g"
f.__doc__ = None
print(f.attr, f.__dict__, f.__name__, repr(f).split(" at ")[0])


def outer():
    x, y = 1, 2

    def inner():
        return x + y

    return inner


i = outer()
print(i.__code__.co_freevars, [c.cell_contents for c in i.__closure__], i.__qualname__)
i.__closure__[0].cell_contents = 10
print(i())
f.__code__ = (lambda a, b: a * 100).__code__
print(f(2))
for stmt in ("f.__name__ = 1", "f.__code__ = 1", "f.__defaults__ = 1", "f.__closure__ = ()", "f.__globals__ = {}", "f.__dict__ = 1", "del f.nothing", "f.__code__ = i.__code__"):
    try:
        exec(stmt)
    except Exception as e:
        print(type(e).__name__, e)
import types
g = types.FunctionType(f.__code__, {"__builtins__": {}}, "made", (5,))
print(g(1), g.__name__, g.__defaults__)
cell = types.CellType()
try:
    cell.cell_contents
except ValueError as e:
    print(e)
print(types.CellType(3) == types.CellType(3), types.CellType(1) < types.CellType(2))
