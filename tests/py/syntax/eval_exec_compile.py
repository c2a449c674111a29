"""eval, exec and compile with namespaces and modes."""
print(eval("1 + 2"), eval("x * 2", {"x": 4}), eval("x + y", {"x": 1}, {"y": 2}))
ns = {}
exec("a = 1\ndef f(): return a + 1", ns)
print(ns["f"](), sorted(k for k in ns if k != "__builtins__"))
code = compile("z = 3\nz * 2", "<c>", "exec")
loc = {}
exec(code, {}, loc)
print(loc)
print(eval(compile("4 * 4", "<e>", "eval")))
exec(compile("5 * 5\n", "<s>", "single"))


def f():
    x = 10
    exec("x = 20")
    return x, eval("x")


print(f())
try:
    eval("print(hidden)", {"__builtins__": {}})
except NameError as e:
    print(e)
for bad in (lambda: eval(5), lambda: exec(None), lambda: eval("1", 5), lambda: eval("1", {}, 5)):
    try:
        bad()
    except TypeError as e:
        print(e)
print(eval("  1"), eval(b"2"), eval(compile("lambda: 3", "", "eval"))())


class Names(dict):
    def __missing__(self, key):
        return key.upper()


print(eval("foo + bar", {}, Names()))
