"""Syntax errors as exceptions: attributes and str()."""
for source in ("x = (1,\n", "if x\n    pass", "def f(:\n", "x = 'abc", "  x = 1\n y = 2", "if 1:\npass", "a b", "1 +", "x = [1, 2", "\tif 1:\n        x"):
    try:
        compile(source, "file.py", "exec")
    except SyntaxError as e:
        print(type(e).__name__, e.filename, e.lineno)
try:
    eval("1 +")
except SyntaxError as e:
    print(e.filename)
e = SyntaxError("msg", ("f.py", 3, 5, "some text", 3, 9))
print(e, e.msg, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset)
print(SyntaxError("only"), SyntaxError("m", ("f", None, None, None)))
try:
    compile("x", "f", "bad")
except ValueError as e:
    print(e)
try:
    compile("a\0b", "f", "exec")
except SyntaxError as e:
    print(e)
