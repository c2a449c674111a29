"""compile with flags, dont_inherit, optimize, ast."""
import ast

t = compile("x = 1", "f", "exec", ast.PyCF_ONLY_AST)
print(type(t).__name__, ast.dump(t))
ns = {}
exec(compile("assert False\nx = __debug__", "f", "exec", optimize=1), ns)
print(ns["x"])
exec(compile('def f():\n "doc"\n', "f", "exec", optimize=2), ns)
print(ns["f"].__doc__)
exec(compile("def g(a: int): pass", "f", "exec", flags=0x1000000), ns)
print(ns["g"].__annotations__)
for bad in (lambda: compile("1", "f", "evil"), lambda: compile(5, "f", "exec"), lambda: compile("x", 5, "exec"), lambda: compile("1", "f", "eval", 1 << 30), lambda: eval(compile("x = 1", "f", "exec"), {}) or 1 / 0, lambda: compile("x = 1", "f", "eval")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
