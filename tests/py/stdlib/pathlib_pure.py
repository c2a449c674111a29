"""pathlib: pure paths."""
from pathlib import PurePosixPath as P, PureWindowsPath as W, Path

p = P("/usr/lib/python3.13/os.py.txt")
print(p.name, p.stem, p.suffix, p.suffixes, p.parent, p.parts, p.root, p.anchor, list(p.parents)[:2], p.is_absolute(), p.with_suffix(".c"), p.with_name("x"), p.with_stem("q"), p.relative_to("/usr"), p.as_posix(), p / "more" / "/abs", "x" / P("y"), P("a//b/./c/"), P(""), P("a") / "..", p.match("*.txt"), P("a/b") < P("a/c"), repr(P("a")), P("/a").joinpath("b", "c"), hash(P("a")) == hash(P("a")), P("a/b").full_match("a/*"), p.is_relative_to("/usr"))
w = W("C:\\Users\\x\\f.txt")
print(w.drive, w.root, w.parts, w.as_posix(), w.name, W("c:/A") == W("C:\\a"), W("\\\\srv\\share\\f").drive)
for call in (lambda: p.relative_to("/other"), lambda: P("a").with_suffix("x"), lambda: P("/").with_name("x"), lambda: P(5), lambda: P("a").with_name("b/c")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
