"""pathlib on the file system."""
from pathlib import Path
import os

d = Path("work")
d.mkdir()
(d / "sub" / "deep").mkdir(parents=True)
f = d / "a.txt"
print(f.write_text("héllo\nworld", encoding="utf-8"), f.read_text(encoding="utf-8"), f.stat().st_size, f.exists(), f.is_file(), d.is_dir(), f.read_bytes()[:3])
(d / "sub" / "b.txt").write_bytes(b"x")
(d / "sub" / "deep" / "c.py").touch()
print(sorted(str(x) for x in d.iterdir()), sorted(map(str, d.rglob("*.txt"))), sorted(map(str, d.glob("**/*.py"))), sorted(p.name for p in d.glob("*")))
print([(str(r), sorted(a), sorted(b)) for r, a, b in sorted(d.walk())])
g = f.rename(d / "r.txt")
print(g, f.exists(), g.resolve().name, g.absolute() == Path.cwd() / g)
with g.open() as h:
    print(h.readline())
(d / "link").symlink_to("r.txt")
print((d / "link").is_symlink(), (d / "link").readlink(), (d / "link").read_text()[:2], os.path.samefile(d / "link", g))
for call in (lambda: Path("none").read_text(), lambda: d.rmdir(), lambda: d.mkdir(), lambda: Path("none").unlink(), lambda: g.iterdir().__next__()):
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e)
g.unlink()
Path("none").unlink(missing_ok=True)
d.mkdir(exist_ok=True)
