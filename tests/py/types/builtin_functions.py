"""Built-in functions that have no test of their own."""
print(abs(-3), abs(-2.5), abs(3 + 4j), all([]), any([]), all([1, 0]), any([0, 2]), bin(10), oct(8), hex(-255), chr(8364), ord("€"), ascii("é\n"), repr("é\n"))
print(callable(len), divmod(7, -2), pow(2, 3), round(2.567, 2), sum([1, 2], 10), sum([[1], [2]], []), sum([0.1] * 3), max(1, 2), max("a", "b", key=lambda v: -ord(v)), min([], default=0), len("é"), hash("a") == hash("a"))
print(isinstance(1, (str, int)), isinstance(1, int | str), issubclass(bool, int), issubclass(bool, (str, object)), type(1) is int, id(1) == id(1), sorted(vars(type("C", (), {"z": 1}))) [-1:], format(5, "03d"))
print(getattr(5, "real"), getattr(5, "nope", 1), hasattr("", "upper"), dir(type("D", (), {"zz": 1}))[-1], list(map(type, (1, 1.0, "", b"", [], (), {}, set(), None))))
print("a", "b", sep="-", end="!\n"), print(), print(1, None, sep=None)
print(*[1, 2], sep="")
x = 5
print("x" in globals(), "x" in vars(), eval("x"), compile("1", "", "eval").co_name, type(globals()).__name__, __name__, isinstance(__builtins__, type(__import__("sys"))))
for source in ("print(sep=5)", "sum([1, 'a'])", "max(1)", "abs('x')", "chr('a')", "ord(1)", "round('x')", "isinstance(1, 'a')", "issubclass(1, int)", "getattr(1)", "hash()", "len()", "len(1, 2)", "max(1, 2, key=5)", "min()", "pow(1)", "bin('1')", "sorted()", "vars(5)", "divmod(1)", "sum(1)", "sum(['a'], '')", "input(1, 2)", "max([1], default=1, foo=2)", "round(1, 'a')"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
