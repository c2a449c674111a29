"""re: positions in text that is not ASCII, empty matches, captures that are taken back, kinds of repeats, bytes-like objects."""
import re
import signal


def show(pattern, text, flags=0):
    try:
        found = [(m.span(), m.groups(), m.lastindex) for m in re.finditer(pattern, text, flags)]
    except re.error as e:
        found = e
    print(repr(pattern), found)


print("positions")
text = "naïve café — 日本語テキスト 😀 été"
show(r"\w+", text)
show(r"(?i)É(\w)?", text)
m = re.compile(r"(\w)\s(—)").search(text, 3, 20)
print(m.span(), m.span(1), m.span(2), m.pos, m.endpos, m.regs, m.string is text)
print(re.compile(r"^日").search(text, 13), re.compile(r"\b日").search(text, 13).span(), re.compile("é$").search(text, 0, 10).span())
print(re.split(r"(—)|\s+", text), re.sub(r"\w", "·", text), re.findall(r"[^\x00-\x7f]", text))
long = "日本" * 3000 + "x" + "é" * 100
print(re.search("x", long).span(), re.search("(é+)$", long).span(1), [m.start() for m in re.finditer("x|é{50}", long)])

print("empty matches")
for pattern in ("", "a*", "a*?", "(a)|b*", r"\b", "(?=a)", "x?", "$", "(?m)$", "(?m)^"):
    print(repr(pattern), [m.span() for m in re.finditer(pattern, "baac\n")], re.split(pattern, "baac\n"), repr(re.sub(pattern, "-", "baac\n")))
print(re.sub("x*", "-", "abxd", count=2), re.subn("", "-", "ab"), re.split("x", "axbxc", maxsplit=1), re.findall("(a)(b)?", "aab"))

print("captures")
show(r"(?:(a)|b)*", "abab")
show(r"(?:(a)|(b)|c)*d", "abcd")
show(r"((a)|b)*?c", "abc")
show(r"(a*)*", "aab")
show(r"(?:(\w)(?=\1))+", "aabb")
show(r"(?=(a+))a*b\1", "baaabac")
show(r"(?!(a)b)a", "abac")
show(r"(a)?(?(1)b|c)", "abc")
show(r"(?:(x)|(y))\2?", "xyy")
show(r"(?P<q>['\"])(?:\\.|(?!(?P=q)).)*(?P=q)", r"'a\'b' "+'"c"')
show(r"((?:a|(b))+?)(c|$)", "abac")
m = re.match(r"(?P<a>x)(?P<b>y)?", "xz")
print(m.groupdict(), m.groupdict(""), m.groups(0), m["a"], m["b"], m.lastgroup, m.expand(r"[\g<a>\2]"), m.end("b"))

print("repeats")
for pattern in ("a{2,3}", "a{2,3}?", "a{2,3}+", "(?:ab){2}", "(?:ab){1,2}+a", "(?>a+)a", "a++", "(?:a|ab)*+c", "(?:a|b){2,3}?b", ".*b", ".*?b", "[ab]*b", "(?:a*)*b", "(?:a*)+?b", r"\w+\b", r"\w*?b\b", "(a{,2}){2}"):
    show(pattern, "aaababab abc")

print("bytes")
print(re.findall(rb"[\x80-\xff]+|\w", b"a\xe9\xffb"), re.sub(rb"a", rb"<\g<0>>", b"banana"), re.split(rb"\W", bytearray(b"a b-c")), re.search(rb"(?i)AB", memoryview(b"xxab")).span())
b = bytearray(b"x1y22")
found = re.search(rb"\d+", b)
it = re.finditer(rb"\d", b)
try:
    b.extend(b"more")
except BufferError as e:
    print("BufferError", e)
print([m.group() for m in it])
del it
b[:] = b"__abcdef"
print(found.group(), found.span())
for call in (lambda: re.sub("a", b"b", "a"), lambda: re.sub(b"a", lambda m: "x", b"a"), lambda: re.sub("a", lambda m: 1, "a"), lambda: re.match("a", bytearray(b"a")), lambda: re.compile(b"a").search("a")):
    try:
        print(call())
    except TypeError as e:
        print("TypeError", e)

print("scanners")
scanner = re.compile(r"(\d+)|([a-z]+)|\s").scanner("12 ab 3 !")
tokens = []
while m := scanner.match():
    tokens.append((m.lastindex, m.group()))
print(tokens, scanner.match(), scanner.search())
lexer = re.Scanner([(r"[0-9]+", lambda s, t: int(t)), (r"[a-z_]+", lambda s, t: t), (r"\s+", None), (r"[-+*/]", lambda s, t: (t,))])
print(lexer.scan("sum + 3*foo - 12!rest"))

print("calls inside of calls")
inner = re.compile(r"[aeiou]")
print(inner.sub(lambda m: inner.sub("_", m.string[m.start() - 1:m.end()]) + m[0].upper(), "banana bread"))
print(re.sub(r"(\w)(\w*)", lambda m: m[1].upper() + m[2], "one two"), re.sub(r"\d", lambda m: None, "a1b2"))

print("long texts")
print(re.match(r"(?:a|b)*", "ab" * 200000).end(), re.match(r"(?:(a)|(b))*c?", "ab" * 100000).span(2), len(re.findall(r"(?:\w\w)+?,", "ab," * 10000)))
print(re.search(r"(?s).*(x)", "y" * 300000 + "x" + "y" * 300000).span(1), re.search(r"\s+$", " " * 30000 + "x"))
print(re.fullmatch(r"(?:[^\"\\]|\\.)*", "a\\\"" * 50000).end())

print("interrupted")


class Late(Exception):
    pass


def late(*_):
    raise Late


signal.signal(signal.SIGALRM, late)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    re.match(r"(?:a|a)*b", "a" * 60)
except Late:
    print("stopped")
