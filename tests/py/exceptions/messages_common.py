"""The messages that people meet most."""
import warnings

warnings.simplefilter("ignore")
tests = """int("abc")
int("12", 1)
int("9", 8)
int([])
int("1", 2.0)
float("x")
float([])
complex("1+")
[][1]
[1][-2]
()[0]
""[5]
[1]["a"]
{}["k"]
{}[[]]
[].index(3)
[].remove(3)
[].pop()
{}.popitem()
set().pop()
{1}.remove(5)
(1).index(2)
(1,).index(2)
"abc".index("z")
"a".join([1])
"abc".encode("ascii", "bad") + "é".encode("ascii")
"é".encode("ascii")
b"\\xff".decode()
b"\\xff".decode("ascii")
"x".encode("nope")
chr(-1)
chr(1114112)
ord("ab")
ord("")
bytes([256])
bytes(-1)
bytes("a")
bytearray(b"a")[5]
range(1, 2, 0)
range("a")
range(10)[20]
next(iter([]))
sum(["a"])
sum("a", "")
max([])
max()
max(1)
min(1, "a")
sorted([1, "a"])
zip(1)
map()
dict([1])
dict([(1, 2, 3)])
dict(1)
list(5)
tuple(5)
set([[]])
isinstance(1, 5)
issubclass(1, int)
len(5)
abs("a")
round("a")
pow(2, -1, 4)
pow(2, 3, 0)
divmod(1, 0.0)
1 % 0
1.5 // 0
5 << -1
1 << "a"
2 ** 0.5 ** "a"
"%d" % "a"
"%s %s" % 1
"%s" % (1, 2)
"%z" % 1
"%(a)s" % 5
"%(a)s" % {}
"{}".format()
"{a}".format()
"{0} {}".format(1)
"{!z}".format(1)
"{".format()
"}".format()
"{0.x}".format(1)
format(1, "z")
format("a", "d")
format(1.5, "d")
f"{1:s}"
"abc".replace("a")
"abc".split("")
"a".center("b")
"ab".zfill("c")
"a".startswith(1)
int.from_bytes(b"", "x")
(256).to_bytes(1, "big")
(-1).to_bytes(1, "big")
__import__("nope_nope")
getattr(1, "x")
type("a", (1,), {})
object().foo
lambda_()
exec("x = ")
iter(1)
callable()
hash([])
hash({})
id()
vars(1)
open("/no/such/file")
input.x
print(1, sep=2)
print(1, bad=2)
"a" < 1
None()
"x"()
[1, 2, 3][1.5]
[1, 2, 3]["x":]
slice()
enumerate()
reversed(5)
any(1)
bin(1.5)
memoryview(1)
frozenset([{}])
{1: 2}.update(5)
{1: 2}.update([5])
[].extend(5)
[3].insert("a", 1)
[1].sort(5)
[1].sort(key=5)
[1, 2].sort(bad=5)
"".join(5)
"a" * "b"
[1] * 1.5
"abc"[1:2, 3]
float.fromhex("zz")
float("nan").as_integer_ratio()
int(float("inf"))
int(float("nan"))
complex(1, "a")
complex("a", 1)
(1j) < 2
1j // 2
int("1" * 5000)"""
for source in tests.splitlines():
    try:
        print(source[:40], "->", eval(source))
    except BaseException as e:
        print(source[:40], "|", type(e).__name__, "|", e)
