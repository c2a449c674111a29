"""Encodings and error handlers."""
import codecs

s = "aé€😀"
for e in ("utf-8", "utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "utf-7", "cp1252", "latin-1", "ascii", "iso8859-15", "cp437", "koi8-r", "unicode_escape", "raw_unicode_escape", "punycode", "idna"):
    try:
        b = s.encode(e)
        print(e, b, b.decode(e) == s)
    except UnicodeError as x:
        print(e, type(x).__name__, x)
for h in ("ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace"):
    print(h, s.encode("ascii", h))
print(b"a\xe9\xff".decode("utf-8", "replace"), b"a\xe9".decode("ascii", "backslashreplace"), ascii(b"\x80".decode("utf-8", "surrogateescape")), "\udc80".encode("utf-8", "surrogateescape"), "\ud800".encode("utf-8", "surrogatepass"))
for b in (b"\xc3", b"\xe2\x82", b"\xf0\x9f", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80", b"ab\x80", b"\xe2\x28\xa1"):
    try:
        b.decode("utf-8")
    except UnicodeDecodeError as x:
        print(x)
print(codecs.lookup("UTF8").name, codecs.encode("abc", "rot13"), codecs.encode(b"x", "hex"), codecs.decode(b"eJwDAAAAAAE=", "base64")[:2], codecs.BOM_UTF8)
codecs.register_error("mine", lambda e: ("?" * (e.end - e.start), e.end))
print("é€".encode("ascii", "mine"))
d = codecs.getincrementaldecoder("utf-8")()
print(d.decode(b"\xe2\x82"), d.decode(b"\xac", True))
try:
    codecs.lookup("zzz")
except LookupError as x:
    print(x)
seen = []
codecs.register(seen.append)
for name in ("cp-1", " CP 12", "x.y", "a--b_ c-"):
    try:
        codecs.lookup(name)
    except LookupError as x:
        print(ascii(x))
print(seen)
