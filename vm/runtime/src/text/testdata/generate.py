"""Writes cases.txt: what CPython answers to many small questions. Run with CPython 3.13: python3 generate.py > cases.txt

Each line is: operation, arguments, answer, separated by tabs. Texts are Python literals in ASCII; an error is `!message`.
"""
import random
import sys

random.seed(7)
sys.set_int_max_str_digits(4300)


def answer(f):
    try:
        return f()
    except Exception as e:
        return "!" + str(e)


def out(op, *fields):
    print("\t".join([op, *(f.encode("unicode_escape").decode() for f in fields)]))


FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 0.5, 1.5, 2.5, 0.25, 0.125, 1e16, 1e15, 9999999999999998.0, 1e22, 1e23, 123456789.123456789, 1e-4,
          1e-5, 12345.678, -98765.4321, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), float("-inf"),
          float("nan"), 1e100, 3.14159, 99.5, 999999.5, 0.00001234, 1234567.0, -0.0004, 1 / 3]
FLOATS += [random.uniform(-1, 1) * 10 ** random.randint(-20, 25) for _ in range(4)]
SPECS = ["", "f", "e", "g", "G", ".3f", ".0f", ".0e", ".3e", ".3g", ".0g", ".1", ".10", ".17g", "%", ".2%", "10", "<15", "^15", "=15", "015",
         "+", " ", "-", "+010.3f", ",", "_", ",.2f", "_.3f", "020,.2f", "#", "#.0f", "#g", "#.3g", "n", "z", "z.1f", "*^20.3e",
         "F", "E", "x", "d", "c", "5d", ".", ",,", "_,", ".3,", "10x10", "0=+20,.1f", ".30f", "+.0e", "é<20"]
for x in FLOATS:
    out("repr", x.hex(), repr(x))
    out("hex", repr(x), x.hex())
    for spec in SPECS:
        if ".3," != spec:
            out("float", x.hex(), spec, answer(lambda: format(x, spec)))
    for n in [0, 1, 2, 5, 15, 30, -1, -2, -3, -5, -20]:
        if x == x and abs(x) != float("inf"):
            out("round", x.hex(), str(n), answer(lambda: round(x, n).hex()))
    if x == x:
        out("fhash", x.hex(), str(hash(x)))
    for kind in ["%g", "%f", "%e", "%.0f", "%#.0f", "%+.2e", "%010.3f", "%-15g|", "% G", "%.20g", "%5.1E"]:
        out("pfloat", x.hex(), kind, kind % x)
for x in [0.5, 1.5, 2.5, 25.0, 35.0, 250.0, 5.0, 50.0, 150.0, 4.999, 5.0001, 55.0, 49.0, 99.0, 96.0, 0.05, 0.15, 2.675, 1e300, 1.7976931348623157e308]:
    for n in range(-4, 4):
        out("round", x.hex(), str(n), answer(lambda: round(x, n).hex()))
out("round", (1.7976931348623157e308).hex(), "-308", answer(lambda: round(1.7976931348623157e308, -308).hex()))

INTS = [0, 1, -1, 7, 255, -255, 1234, -1234567, 10**6, 2**31, 2**63, -(2**63), 2**64, 10**30, -(10**40), 2**200 + 1, 10**18, 999, 1000]
ISPECS = ["", "d", "b", "o", "x", "X", "#x", "#X", "#b", "#o", "c", "n", ",", "_", "_x", "_b", "#_x", ",d", "10", "010", "+", " ", "<20", ">20",
          "^20", "=20", "*=+20", "020,", "021,", "022,", "023,", "020_x", "#020x", "#020_b", "f", ".2f", "e", "g", "%", "s", ".3", "z", "+c",
          "#c", ",x", ",n", "é^9", "9" * 25, ",.1f", "x=10"]
for n in INTS:
    for spec in ISPECS:
        out("int", str(n), spec, answer(lambda: format(n, spec)))
    for kind in ["%d", "%i", "%u", "%5d", "%05d", "%-8d|", "%+d", "% d", "%.5d", "%8.5d", "%08.5d", "%x", "%#x", "%#X", "%o", "%#o", "%#10x",
                 "%#010x", "%-#10x|"]:
        out("pint", str(n), kind, kind % n)
    out("ihash", str(n), str(hash(n)))
    out("tofloat", str(n), answer(lambda: float(n).hex()))
for n in [2**53 + 1, 2**53 + 3, 2**54 + 2, 2**54 + 6, 2**100 + 2**47, 2**100 + 2**47 + 1, 2**1024 - 2**970, 2**1024 - 2**970 - 1, 10**308, 10**309,
          -(2**1023), 3**500]:
    out("tofloat", str(n), answer(lambda: float(n).hex()))
    out("ihash", str(n), str(hash(n)))
for _ in range(20):
    a, b = (random.randint(-(10 ** random.randint(1, 400)), 10 ** random.randint(1, 400)) for _ in "ab")
    if b:
        out("truediv", str(a), str(b), answer(lambda: (a / b).hex()))
        out("divmod", str(a), str(b), str(divmod(a, b)))
for a, b in [(1, 3), (5, 10**320), (1, 10**324), (3, 10**324), (10**400, 10**92), (10**400, 10**91), (-7, 2), (7, -2), (2**2000, 2**976), (0, -5)]:
    out("truediv", str(a), str(b), answer(lambda: (a / b).hex()))
    out("divmod", str(a), str(b), str(divmod(a, b)))
for a, b, m in [(3, 5, 7), (3, -1, 7), (3, -5, -7), (2, -1, 4), (2, 10, 0), (5, 3, -4), (-5, 3, 4), (2, 1000, 10**20), (7, -3, 1), (0, 0, 5), (0, -1, 5),
                (10**30, 10**20, 10**25 + 1)]:
    out("powmod", str(a), str(b), str(m), answer(lambda: str(pow(a, b, m))))
for n, d in [(15, 1), (25, 1), (14, 1), (-15, 1), (-25, 1), (-16, 1), (1250, 2), (1350, 2), (5, 1), (6, 1), (50, 2), (51, 2), (49, 3), (10**30 // 2, 30),
             (123456789, 4), (10**30, 30), (7, 30)]:
    out("iround", str(n), str(d), str(round(n, -d)))

TEXTS = ["12", " 12 ", "-0", "+5", "- 5", "0x1f", "0b101", "0o17", "0x", "1_000", "1__0", "_1", "1_", "0x_1f", "0_0", "00", "01", "0_1", "z", "Z",
         "", " ", "١٢٣", "\u00a05\u2003", "1\x1c", "é", "9" * 30, "9" * 4300, "9" * 4301, "0b2", "1e5", "\ud800", "０１２", "12\x00"]
for t in TEXTS:
    for base in [10, 0, 16, 2, 36, 8]:
        out("parse", t, str(base), answer(lambda: str(int(t, base))))
for t in ["1", " 1.5 ", "1e5", "1E+5", ".5", "5.", ".", "", "e5", "1e", "1e+", "inf", "-inf", "Infinity", "nan", "-NaN", "infinit", "1_0.0_1", "1_.0",
          "1._0", "1e1_0", "_1", "1__0", "١.٥", "\u20071\u3000", "1e400", "-1e400", "1e-400", "0x1", "1 2", "4.9406564584124654e-324",
          "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623159e308", "9007199254740993", "1" + "0" * 400, "0." + "0" * 400 + "1",
          "8.98846567431158e307", "1.00000000000000011102230246251565404236316680908203125", "1.00000000000000011102230246251565404236316680908203126",
          "+.5e-1", "--1", "1e99999999999999999999", "0e99999999999999999999", "\x1c1", "infinity_"]:
    out("fparse", t, answer(lambda: float(t).hex()))
for t in ["1", "1j", "j", "-j", "+j", "1+j", "1-2j", "1.5e3-.5e-2j", "(1+2j)", " ( 1+2j ) ", "1 + 2j", "1+", "j1", "nan+infj", "-infj", "1+2", "", "()", "1_0+2_0j",
          "1e5j", "++1j", "1+-2j", "1J", "infj", "nanj", "(1+2j"]:
    out("cparse", t, answer(lambda: repr(complex(t))))
for t in ["0x1p0", "1.8p3", "0x.8", "-0x1.fffffffffffffp+1023", "0x1.fffffffffffff8p+1023", "0x1.fffffffffffff7p+1023", "0x1p-1074", "0x1p-1075", "0x1.1p-1075",
          "0x0.0000000000001p-1022", "inf", "-nan", "", "0x", "0xp1", "0x1p", "0x1.", "0x1.00000000000008p0", "0x1.000000000000080000000001p0", "0x1.00000000000018p0",
          "0x10000000000000000000000p-80", "0x1p99999999999999999999", "0x1p-99999999999999999999", "0x0p99999999999999999999", " 0x1 ", "1g", "0x1..2"]:
    out("fromhex", t, answer(lambda: float.fromhex(t).hex()))

COMPLEX = [0j, 1 + 2j, -0.0 + 1j, 1.5 - 2.5j, complex("nan"), complex("infj"), -1j, complex(0.0, -0.0), 1e20 + 1e-5j, complex(1, float("nan"))]
for z in COMPLEX:
    out("crepr", z.real.hex(), z.imag.hex(), repr(z))
    for spec in ["", "f", ".2f", "+", " .1e", "30", "<30", "^30.1f", "*>30", ",.1f", "g", ".3", "=5", "05", "%", "s", "#.0f", "+.3g", "n", "d"]:
        out("complex", z.real.hex(), z.imag.hex(), spec, answer(lambda: format(z, spec)))

STRINGS = ["", "a", "hello", "été ☃", "\U0001f600x", "a\ud800b", "x" * 12]
for s in STRINGS:
    for spec in ["", "s", "10", "<10", ">10", "^10", "*^9", ".2", "10.1", "=10", "010", "+", " ", "#", "z", ",", "_s", "d", "é>8", "☃^10.2", "10.", "dd"]:
        out("str", s, spec, answer(lambda: format(s, spec)))

CASED = ["hello World", "ǆǅǄ", "ß STRASSE", "ΑΣ ΑΣΑ Σ", "İı", "ﬁ ﬂ", "123abc 456DEF", "they're", "a\ud800b", "\u0345x", "ŉ", "ᾳ", "Ⅳ", "ǰ", "\U00010400\U00010428", ""]
for s in CASED + STRINGS:
    for op in ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]:
        out("case", s, op, getattr(s, op)())
PRED = ["", "a", "A", "aB", "1", "²", "½", "٣", " ", "\t\n", "\u00a0", "\u2028", "\x1c", "\x85", "_a", "1a", "é1", "ǅ", "Ab Cd", "AB", "ab1", "\u3000", "\u200b", "\ud800",
        "\x7f", "\u4e00", "名前", "a b", "Ⅳ", "\U0001d7d8", "\u0378", "ª", "ʰ", "Aǅ", "·", "℘", "\ue000", "\xad"]
for s in PRED:
    for op in ["isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric", "isspace", "isprintable", "islower", "isupper", "istitle", "isidentifier", "isascii"]:
        out("is", s, op, str(getattr(s, op)()))
    out("ascii", s, ascii(s))
    out("reprs", s, repr(s))
for s in ["it's", 'say "x"', "'\"", "\\", "\x00\x1f\x7f\x80\xff", "\u0100\uffff\U0010ffff", "é\n\r\t", "a" * 5]:
    out("ascii", s, ascii(s))
    out("reprs", s, repr(s))
    out("reprb", s, repr(s.encode("latin-1", "replace")))
SPLITS = ["", " ", "a b  c", "  a\tb\n", "a,b,,c,", ",,", "abab", "\u2003é\u3000ü ", "a\x1cb", "one\r\ntwo\rthree\n\nfour\x85five\u2028", "日本 語"]
for s in SPLITS:
    for n in [-1, 0, 1, 2]:
        out("split", s, str(n), repr(s.split(None, n)))
        out("rsplit", s, str(n), repr(s.rsplit(None, n)))
        for sep in [",", "ab", "é"]:
            out("splits", s, sep, str(n), repr(s.split(sep, n)))
            out("rsplits", s, sep, str(n), repr(s.rsplit(sep, n)))
    out("lines", s, "0", repr(s.splitlines()))
    out("lines", s, "1", repr(s.splitlines(True)))
    for c in [",", "ab", "é\u3000 \u2003", "日語"]:
        out("strip", s, c, repr([s.strip(c), s.lstrip(c), s.rstrip(c)]))
    out("strip", s, "", repr([s.strip(), s.lstrip(), s.rstrip()]))
    for old, new in [("a", "b"), ("ab", "x"), ("", "-"), (",", ";;"), ("é", "e")]:
        for n in [-1, 0, 1, 2]:
            out("replace", s, old, new, str(n), s.replace(old, new, n))
    for a, b, c in [(None, None, -1), (1, None, 2), (None, None, 3), (-1, 0, -2), (5, 1, -1)]:
        start, stop, step = slice(a, b, c).indices(len(s))
        out("slice", s, str(start), str(step), str(len(range(start, stop, step))), s[a:b:c])
    for w in [0, 3, 7, 8]:
        out("pad", s, str(w), repr([s.center(w, "*"), s.ljust(w, "é"), s.rjust(w), s.zfill(w), s.expandtabs(w)]))
for s in ["-5", "+é", "", "12"]:
    out("pad", s, "6", repr([s.center(6, "*"), s.ljust(6, "é"), s.rjust(6), s.zfill(6), s.expandtabs(6)]))

BYTES = [b"", b"abc", b"\xc3\xa9", b"\xff\xfe", b"a\xc3", b"\xe2\x82", b"\xe2\x82\xac", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xf0\x9f\x98", b"\xf8\x88", b"\xc0\x80", b"x\x80y",
         b"\xe2(\xa1", b"\xf4\x90\x80\x80", b"a\x00b\x00", b"\x00\xd8a\x00", b"\x00\xd8\x00\xdc", b"\x00\xdcxx", b"a\x00b", b"\xff\xfea\x00", b"\xfe\xff\x00a", b"a\x00\x00\x00",
         b"\x00\x00\x11\x00", b"\x00\xd8\x00\x00", b"\\n\\x41\\u20ac\\U0001f600", b"\\x4", b"\\u12", b"\\U00110000", b"\\", b"\\N{SNOWMAN}", b"\\N{no}", b"\\N", b"\\N{", b"\\101\\7\\q",
         b"+AGE-b", b"+-x", b"+2D3eAA-", b"+AG", b"a+\xe9", b"+!", b"\xe9\\u00e9\\\\u0041"]
CODECS = ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "latin-1", "ascii", "unicode_escape", "raw_unicode_escape", "utf-7"]
import warnings

warnings.simplefilter("ignore")
for codec in CODECS:
    for b in BYTES:
        for errors in ["strict", "ignore", "replace", "surrogateescape", "surrogatepass", "backslashreplace"]:
            out("decode", codec, errors, b.decode("latin-1"), answer(lambda: b.decode(codec, errors)))
    for s in STRINGS + ["\xe9\xff\u0100", "\udc80\udcff", "\ud83d\ude00", "\\n\n", "~+-a", "é-", "\x00\t"]:
        for errors in ["strict", "ignore", "replace", "surrogateescape", "surrogatepass", "backslashreplace", "xmlcharrefreplace", "namereplace"]:
            out("encode", codec, errors, s, answer(lambda: s.encode(codec, errors).decode("latin-1")))
