"""Lines of files: universal newlines, long lines, tell and seek, writing while appending, line buffering."""
with open("f", "wb") as f:
    f.write(b"one\r\ntwo\rthree\n" + b"x" * 20000 + b"\nlast")
print([len(l) for l in open("f")], [len(l) for l in open("f", newline="\n")], [len(l) for l in open("f", "rb")], [len(l) for l in open("f", newline="\r")])
with open("f") as f:
    print(repr(f.readline(2)), repr(f.readline()), repr(f.readline(-1)))
    try:
        for line in f:
            f.tell()
    except OSError as e:
        print(e)
with open("f", "r+") as f:
    f.seek(0, 2)
    f.write("+end")
    f.seek(0)
    print(f.read()[-8:], f.seekable())
with open("lines", "w") as f:
    f.writelines(["a\n", "b\n", "c"])
    print("print to file", file=f)
print(open("lines").read(), sum(1 for _ in open("lines")))
f = open("lines")
it = iter(f)
print(it is f, next(it), f.closed)
f.close()
print(f.closed)
for call in (lambda: next(f), lambda: f.read(), lambda: iter(f), lambda: f.__enter__()):
    try:
        call()
    except ValueError as e:
        print(e)
