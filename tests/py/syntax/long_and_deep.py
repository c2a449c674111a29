"""Long literals, many arguments, deep nesting."""
text = "[" + ",".join(str(i) for i in range(5000)) + "]"
print(sum(eval(text)), len(eval("{" + ",".join(f"{i}: {i}" for i in range(1000)) + "}")))
print(eval("f(" + ",".join(str(i) for i in range(400)) + ")", {"f": lambda *a: len(a)}))
print(eval("f(" + ",".join(f"a{i}={i}" for i in range(400)) + ")", {"f": lambda **a: len(a)}))
print(eval("+".join(["1"] * 1000)), eval("(" * 80 + "5" + ")" * 80), eval("-" * 60 + "1"))
ns = {}
exec("def f():\n" + "".join(f"    v{i} = {i}\n" for i in range(600)) + "    return " + "+".join(f"v{i}" for i in range(600)), ns)
print(ns["f"]())
exec("".join("    " * i + "if 1:\n" for i in range(18)) + "    " * 18 + "x = 'deep'\n", ns)
print(ns["x"])
exec("def g(" + ",".join(f"p{i}=0" for i in range(300)) + "): return p299 + p0", ns)
print(ns["g"](1, p299=5))
exec("x = 0\n" + "if x == -1: pass\n" + "".join(f"elif x == {i + 1}: pass\n" for i in range(500)) + "else: y = 'else'\n", ns)
print(ns["y"])
for source in ("(" * 100000, "[" * 100000 + "]" * 100000, "-" * 200000 + "1", "x" + ".y" * 100000, "not " * 100000 + "1"):
    try:
        compile(source, "s", "eval")
        print("compiled")
    except (SyntaxError, MemoryError, RecursionError):
        print("error")
