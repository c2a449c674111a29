"""Syntax errors that the compiler raises: message, line, column."""
sources = [
    "return 1", "yield 1", "await x", "break", "continue", "def f(a, a): pass", "nonlocal x",
    "def f():\n    nonlocal x", "def f(x):\n    global x", "def f():\n    x = 1\n    global x",
    "def f():\n    print(x)\n    global x", "async def f():\n    yield 1\n    return 2",
    "class C:\n    return 1", "def f():\n    from os import *", "from __future__ import nope", "x = 1\nfrom __future__ import annotations",
    "a, *b, *c = x", "*a = 1", "*a", "del f()", "f() = 1", "1 = x", "None = 1", "x + 1 = 2", "(yield) = 1", "f() += 1",
    "for f() in x: pass", "with x as 1: pass", "[i := 0 for i in x]", "[(i := 0) for i in x]", "class C: [(j := i) for i in x]",
    "def f(*): pass", "def f(a=1, b): pass", "f(a=1, a=2)", "f(a=1, 2)", "f(**a, *b)", "lambda x, x: 0",
    "try: pass\nexcept: pass\nexcept A: pass", "async def f(): await = 1", "x: int: int", "(a, b): int", "def f():\n    x: int = 1\n    nonlocal x",
    "match x:\n    case a: pass\n    case b: pass", "match x:\n    case [a, a]: pass", "match x:\n    case a | b: pass",
    "async with x: pass", "async for x in y: pass", "[x async for x in y]", "def f():\n    [await x for x in y]",
    "__debug__ = 1", "def __debug__(): pass", "f(__debug__=1)", "import a.b as __debug__",
]
for source in sources:
    try:
        compile(source, "<s>", "exec")
        print("OK", repr(source))
    except SyntaxError as e:
        print(repr(source), "->", e.msg, e.lineno, e.offset)
