"""re: matching, groups, substitution, flags, lookaround, errors."""
import re

m = re.match(r"(?P<y>\d{4})-(?P<m>\d\d)(?:-(\d\d))?", "2024-05 rest")
print(m, m.group(), m.groups(), m.groupdict(), m.span("m"), m["y"], m.lastgroup, m.lastindex, m.start(3), m.groups("d"), m.expand(r"\g<m>/\1"))
print(re.search(r"b+", "aabbb").span(), re.fullmatch(r"a|ab", "ab").group(), re.match("x", "y"), re.findall(r"(\w)(\d)?", "a1b"), re.split(r"(,)|;", "a,b;c"), re.split(r"", "abc"), re.split("x*", "axbc", maxsplit=1))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", lambda m: m.group().upper(), "banana", count=2), re.subn("x*", "-", "abxd"), re.sub(r"\b", "|", "a b"), re.escape("a.b*c é"))
print(re.findall(r"(?i)É", "éÉ"), re.findall(r"^\w", "a\nb", re.M), re.findall(r"a.b", "a\nb", re.S), re.compile(r"a b # c", re.X).findall("ab"), re.findall(r"\w+", "é日_1", re.A), re.findall("(?<=a)b(?!c)", "ab abc"), re.findall(r"(?<!a)b", "ab bb"))
print(re.match(r"(a+)+$", "aaaa").group(1), re.match(r"(?:a|b)*?c", "abac").group(), re.match(r"(.)\1", "aa").group(), re.match(r"(?P<q>['\"]).*?(?P=q)", "'x' \"").group(), re.match(r"(a)?(?(1)b|c)", "ab").group(), re.match(r"a++b", "aab").group(), re.match(r"(?>a+)b", "aab").group())
p = re.compile(rb"\d+")
print(p.findall(b"1 22"), p.pattern, p.flags, p.groups, re.compile("x", re.I | re.M), re.compile("(?P<n>a)").groupindex, p == re.compile(rb"\d+"), [x.span() for x in re.finditer("a", "banana")], re.compile("a").search("bab", 2), re.compile("b").match("ab", 1).pos)
for bad in ("(", "a)", "[", "*a", "a**", "(?P<1>a)", r"\1", "(?<=a+)b", "[z-a]", "a{2,1}", "(?z)", "\\", "(?P=x)", "(?P<a>x)(?P<a>y)"):
    try:
        re.compile(bad)
    except re.error as e:
        print(repr(bad), e)
for call in (lambda: re.match("a", b"a"), lambda: re.match(b"a", "a"), lambda: m.group(9), lambda: m.group("zz"), lambda: re.sub("a", r"\9", "a"), lambda: re.match(5, "a")):
    try:
        call()
    except (TypeError, IndexError, re.error) as e:
        print(type(e).__name__, e)
