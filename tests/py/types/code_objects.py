"""Attributes of code objects, replace, comparison, flags."""
import inspect


def f(a, b=1, *args, c, d=2, **kw):
    x = a + 1

    def g():
        return x
    return g


c = f.__code__
print(c.co_name, c.co_qualname, c.co_argcount, c.co_kwonlyargcount, c.co_posonlyargcount, c.co_varnames, c.co_cellvars, c.co_freevars, c.co_nlocals, bool(c.co_flags & inspect.CO_VARARGS), bool(c.co_flags & inspect.CO_VARKEYWORDS), c.co_firstlineno)
g = f(1, c=2)
print(g.__code__.co_freevars, g.__code__.co_qualname, 1 in c.co_consts, c == f.__code__, hash(c) == hash(c), c.replace(co_name="renamed").co_name, type(c.co_code).__name__)
print(compile("x = 1", "file", "exec").co_filename, eval(compile("a + b", "f", "eval"), {"a": 1, "b": 2}), compile("a.b(c)", "f", "eval").co_names, (lambda: (yield)).__code__.co_flags & inspect.CO_GENERATOR != 0)


async def co():
    pass


print(co.__code__.co_flags & inspect.CO_COROUTINE != 0, inspect.iscoroutinefunction(co), sorted({line for _, _, line in c.co_lines() if line} ) [0] <= c.co_firstlineno + 1)
k = {}
exec(c.replace(co_filename="other") if False else compile("def h(): pass", "other.py", "exec"), k)
print(k["h"].__code__.co_filename)
