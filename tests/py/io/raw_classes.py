"""io classes of one's own: RawIOBase, BufferedReader, TextIOBase over them."""
import io


class Raw(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, b):
        n = min(len(b), len(self.data), 3)
        b[:n] = self.data[:n]
        self.data = self.data[n:]
        return n


print(Raw(b"abcdefg").read(), Raw(b"abcdefg").read(2), io.BufferedReader(Raw(b"l1\nl2\n")).readlines(), io.TextIOWrapper(io.BufferedReader(Raw("é\nü".encode())), encoding="utf-8").read())
w = io.BufferedWriter(out := io.BytesIO())
w.write(b"buffered")
print(out.getvalue())
w.flush()
print(out.getvalue())
p = io.BufferedRandom(io.BytesIO(b"0123456789"))
p.seek(3)
p.write(b"XX")
p.seek(0)
print(p.read(), p.tell())
for bad in (lambda: io.RawIOBase().read(), lambda: io.IOBase().fileno(), lambda: io.TextIOBase().read(), lambda: Raw(b"").write(b"x"), lambda: io.BytesIO().fileno(), lambda: io.StringIO().detach()):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(isinstance(open(__file__), io.TextIOBase), io.DEFAULT_BUFFER_SIZE >= 8192, io.SEEK_END, issubclass(io.FileIO, io.RawIOBase))
