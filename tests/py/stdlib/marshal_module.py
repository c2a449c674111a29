import io
import marshal

samples = [
    None, True, False, ..., StopIteration, 0, 1, -1, 2**31 - 1, -2**31, 2**31, 2**49, -2**50, 2**64, -2**200, 10**300,
    0.0, -0.0, 1.5, float("inf"), 1e-300, 3 + 4j, "", "a", "ascii", "größe", "x" * 300, "ü" * 300, "\ud800", b"", b"\x00\xff",
    (), (1, 2), tuple(range(300)), [], [1, [2, [3]]], {}, {"a": 1, 2: [3]}, set(), {1, 2, 3}, frozenset({"x", "y"}), slice(1, None, 2),
]
for version in range(6):
    for sample in samples:
        if isinstance(sample, slice) and version < 5:
            try:
                marshal.dumps(sample, version)
            except ValueError as error:
                continue
        data = marshal.dumps(sample, version)
        again = marshal.loads(data)
        assert repr(again) == repr(sample) or again == sample, (version, sample, again)
        assert type(again) is type(sample)
        file = io.BytesIO()
        marshal.dump(sample, file, version)
        marshal.dump("behind", file, version)
        file.seek(0)
        marshal.load(file)
        assert marshal.load(file) == "behind"

# The bytes are CPython's.
for sample in [5, 2**31, -2**40, 1.5, b"ab", (1,), [None], {None: True}]:
    print(repr(sample), marshal.dumps(sample, 2))

# Shared objects and cycles.
inner = ["shared"]
first, second = marshal.loads(marshal.dumps([inner, inner]))
print(first is second)
loop = []
loop.append(loop)
again = marshal.loads(marshal.dumps(loop))
print(again[0] is again)

# Code.
code = compile("x = 6 * 7", "<marshal>", "exec")
scope = {}
exec(marshal.loads(marshal.dumps(code)), scope)
print(scope["x"])
exec(marshal.loads(marshal.dumps({"code": [code]}))["code"][0], scope)
print(scope["x"])


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


attempt(lambda: marshal.dumps(object()))
attempt(lambda: marshal.dumps([code], allow_code=False))
attempt(lambda: marshal.loads(b""))
attempt(lambda: marshal.loads(b"i\x01"))
attempt(lambda: marshal.loads(b"?"))
attempt(lambda: marshal.loads(b"0"))
attempt(lambda: marshal.loads(b"l\x02\x00\x00\x00\x00\x00\x00\x00"))
attempt(lambda: marshal.loads(b"s\xff\xff\xff\x7f"))
attempt(lambda: marshal.loads(b"r\x00\x00\x00\x00"))
deep = []
for _ in range(100_000):
    deep = [deep]
attempt(lambda: marshal.dumps(deep))
attempt(lambda: marshal.loads(b"[\x01\x00\x00\x00" * 100_000 + b"N"))
