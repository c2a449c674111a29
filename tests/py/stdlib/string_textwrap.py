"""string and textwrap."""
import string
import textwrap

t = string.Template("$a ${b}c $$ $d")
print(t.safe_substitute(a=1, b="x"), string.Template("$x").substitute({"x": 5}), string.capwords("hello big world"), string.digits, string.hexdigits, string.punctuation, string.Formatter().format("{0} {a}", 1, a=2), list(string.Formatter().parse("a{b!r:c}d")))
for call in (lambda: t.substitute(a=1), lambda: string.Template("$").substitute()):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
text = "The quick brown fox jumped over the lazy dog, and a-hyphenated-word too."
print(textwrap.wrap(text, 20), textwrap.fill(text, 30, initial_indent="* ", subsequent_indent="  "), textwrap.shorten(text, 25), repr(textwrap.dedent("  a\n    b\n  c\n")), textwrap.indent("a\n\nb", "> "), textwrap.wrap("aaaaaaaaaa", 4), sep="\n")
