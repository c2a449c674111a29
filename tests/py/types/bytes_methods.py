"""bytes: construction, methods, indexing, errors."""
b = b"hello \xff\x00 world"
print(b, b[0], b[-1:], b[1:4], b[::-1], len(b), b.hex(), b.hex(":", 2), bytes.fromhex("de ad BE"), bytes(3), bytes([1, 2]), bytes(b"x"), bytes("é", "utf-8"), bytes(range(3)))
print(b.find(b"o"), b.find(255), b.rfind(b"o"), b.count(b"l"), b.replace(b"l", b"L"), b.split(), b.split(b"o", 1), b.partition(b" "), b.startswith(b"he"), b.endswith((b"x", b"ld")), 0 in b, b"wor" in b)
print(b"-".join([b"a", bytearray(b"b")]), b" x ".strip(), b"xxaxx".strip(b"x"), b"abc".upper(), b"aBc".swapcase(), b"abc def".title(), b"1".isdigit(), b"a1".isalnum(), b"a".islower(), b" ".isspace(), b"a\nb\r\n".splitlines(), b"a".center(5, b"*"), b"5".zfill(3), b"a\tb".expandtabs(3), b"abc".translate(bytes.maketrans(b"a", b"z"), b"c"), b"abc".removeprefix(b"a"))
print(b"abc".decode(), b"\xc3\xa9".decode("utf-8"), b"\xff".decode("latin-1"), b"a\xffb".decode("ascii", "replace"), b"a\xffb".decode("utf-8", "ignore"), ascii(b"\xff".decode("utf-8", "surrogateescape")), b"\xff".decode("ascii", "backslashreplace"))
print(repr(b"'"), repr(b'"\''), repr(b"\t\n\r\\\x7f"), b"a" + b"b", b"ab" * 2, b"a" < b"b", b"a" == "a", hash(b"a") == hash(bytes(b"a")), list(b"ab"), tuple(bytearray(b"x")))
for source in ("bytes('a')", "bytes([256])", "bytes(['a'])", "b'a' + 'b'", "b'a'[5]", "b'a'.find('a')", "b'a'.join(['a'])", "bytes.fromhex('zz')", "bytes.fromhex('abc')", "bytes(1.5)", "b'a'.split(b'')", "b'a' < 'a'", "b'abc'.index(b'x')", "'x' in b'xyz'", "300 in b'a'", "b'a'.replace('a', 'b')", "bytes(-1)", "bytes(10 ** 30)"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
