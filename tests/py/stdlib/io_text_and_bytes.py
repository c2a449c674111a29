"""io: files in all modes, StringIO, BytesIO, buffering, newlines, errors."""
import io
import os

with open("t.txt", "w", encoding="utf-8", newline="\r\n") as f:
    print(f.write("a\nbé\n"), f.tell(), f.name, f.mode, f.encoding, f.writable(), f.readable())
print(open("t.txt", "rb").read(), open("t.txt", encoding="utf-8").read(), open("t.txt", encoding="utf-8", newline="").readlines())
with open("t.txt", "a+") as f:
    f.write("end")
    f.seek(0)
    print(f.readline(), f.read(2), f.readlines(), f.read())
with open("b.bin", "wb+") as f:
    f.write(b"0123456789")
    f.seek(-3, os.SEEK_END)
    print(f.read(2), f.tell(), f.seek(2), f.read(3), f.truncate(5), f.seek(0), f.read(), f.readinto(bytearray(2)))
with open("b.bin", "rb", buffering=0) as f:
    print(type(f).__name__, f.read(2), f.readall())
with open("b.bin", "rb") as f:
    print(type(f).__name__, f.peek(1)[:1], f.read1(2), type(f.raw).__name__)
s = io.StringIO("one\ntwo\nthree")
print(s.readline(), list(s), s.seek(0), s.read(4), s.getvalue()[:3], s.tell(), s.seek(0, 2), s.write("!"), s.getvalue())
b = io.BytesIO(b"abc")
b.seek(1)
b.write(b"ZZZ")
print(b.getvalue(), b.getbuffer()[0], b.read(), b.seek(0), b.readline())
t = io.TextIOWrapper(io.BytesIO(b"x\r\ny\rz"), encoding="ascii")
print(t.read(), t.newlines, io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8", errors="replace").read())
for call in (lambda: open("none"), lambda: open("t.txt", "q"), lambda: open("t.txt", "rw"), lambda: open("t.txt").write("x"), lambda: open("t.txt", "w").read(), lambda: open("t.txt", "rb", encoding="x"), lambda: io.StringIO(5), lambda: io.BytesIO("x"), lambda: open("."), lambda: f.read(), lambda: open("x", "wb").write("s"), lambda: open("x", "w").write(b"s"), lambda: open("t.txt", "x"), lambda: open("t.txt", encoding="nope"), lambda: open(b"\xff".decode("latin-1") * 300)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e)[:60])
