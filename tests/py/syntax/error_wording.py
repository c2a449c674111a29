# What the compiler says about typical slips, and where it sees them.
SLIPS = [
    "{'a'=1}",
    "{1: 2, 'b'=3}",
    "[a=1]",
    "dict(a = i for i in range(3))",
    "f(**x, *)",
    "f(*)",
    "A[*:]",
    "A[:*]",
    "f(**x, *y)",
    "f(a=1, b",
    "match y:\n case e(e=v,v,",
    "try: pass\nexcept A: pass\nexcept* B: pass",
    "2 <> 3",
    "f'{6 0}'",
    "x = 32e-+4",
    "def f():\n  from m import *",
    "from m import (*)",
    "with(0,,):\n\x01",
    "name.other\\\n",
]
for slip in SLIPS:
    try:
        compile(slip, "<slip>", "exec")
    except SyntaxError as error:
        print(ascii(slip[:50]), error.lineno, error.offset, error.msg)

try:
    compile("def f(): pass", "<slip>", "single")
except SyntaxError as error:
    print("single:", error.msg)

FLUFL = 0x400000
compile("2 <> 3", "<slip>", "eval", FLUFL)
try:
    compile("2 != 3", "<slip>", "eval", FLUFL)
except SyntaxError as error:
    print(error.offset, error.msg)

for depth in (20, 21, 22):
    source = "".join("  " * i + "while x:\n" for i in range(depth)) + "  " * depth + "pass\n"
    try:
        compile(source, "<slip>", "exec")
        print(depth, "fine")
    except SyntaxError as error:
        print(depth, error.msg)
try:
    compile("-" * 100000 + "4", "<slip>", "eval")
except MemoryError as error:
    print("too complex" in str(error))
