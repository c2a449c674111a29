#: only windows
#: golden no
"""codecs: code pages by number, with every error handler, in pieces, and as encodings that the library has no module for."""
import codecs
import encodings.mbcs
import encodings.oem

PAGE = 932


def show(call, *args):
    try:
        print(args, call(*args))
    except Exception as e:
        print(args, type(e).__name__, e if isinstance(e, UnicodeError) or type(e) is ValueError else "")


for text, errors in [
    ("", "strict"), ("abc", "strict"), ("\uff44\u9a3e", "strict"), ("\xff", "strict"), ("[\xff]", "ignore"),
    ("[\u20ac]", "replace"), ("[\xff]", "backslashreplace"), ("[\xff]", "namereplace"), ("[\xff]", "xmlcharrefreplace"),
    ("\udcff", "strict"), ("[\udcff]", "surrogateescape"), ("[\udcff]", "surrogatepass"), ("[\xff]", "none such"),
]:
    show(codecs.code_page_encode, PAGE, text, errors)
for data, errors in [
    (b"", "strict"), (b"abc", "strict"), (b"\x82\x84\xe9\x80", "strict"), (b"\x81\x00abc", "strict"), (b"\x81\x00abc", "ignore"),
    (b"\x81\x00abc", "replace"), (b"\x81\x00abc", "backslashreplace"), (b"\x81\x00abc", "surrogateescape"),
    (b"\x81\x00abc", "surrogatepass"),
]:
    show(codecs.code_page_decode, PAGE, data, errors, True)
for data in [b"\x82", b"\xe9\x80\xe9", b"\xe9\x80\xe9\x80", b"abc"]:
    show(codecs.code_page_decode, PAGE, data, "strict", False)
for text, errors in [("\U0001d11e\x80", "strict"), ("\udc80", "strict"), ("\udc80", "surrogatepass"), ("[\ud800]", "replace")]:
    show(codecs.code_page_encode, 65001, text, errors)
for data, errors in [(b"\xf0\x9d\x84\x9e", "strict"), (b"[\xff]", "strict"), (b"[\xff\xed\xb2\x80]", "replace")]:
    show(codecs.code_page_decode, 65001, data, errors, True)
for page in [-1, 123, 2**40]:
    show(codecs.code_page_encode, page, "a")
    show(codecs.code_page_decode, page, b"a")

print("Привет".encode("cp20866"), b"\xf0\xd2".decode("CP20866"), codecs.lookup("cp20866").name)
print(b"".join(codecs.iterencode(["a", "я"], "cp20866")), list(codecs.iterdecode([b"a", b"\xd1"], "cp20866")))
for name in ["cp123", "cp99999999999", "cpx", "cp-1"]:
    show(codecs.lookup, name)

for name in ["mbcs", "ansi", "dbcs", "oem"]:
    print(codecs.lookup(name).name, "plain".encode(name), b"plain".decode(name))
print(codecs.mbcs_encode("x"), codecs.mbcs_decode(b"x"), codecs.oem_encode("x"), codecs.oem_decode(b"x", None, True))
print("\u0416".encode("mbcs", "ignore") == codecs.code_page_encode(0, "\u0416", "ignore")[0])
show(codecs.mbcs_encode, "\udc80")
show(codecs.oem_encode, "\udc80")
