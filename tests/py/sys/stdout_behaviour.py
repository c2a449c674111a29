"""Replacing sys.stdout, flush, write, print to a file, buffer."""
import io
import sys

real = sys.stdout
sys.stdout = io.StringIO()
print("hidden")
text = sys.stdout.getvalue()
sys.stdout = real
print(repr(text), sys.__stdout__ is real)
print("to file", file=sys.stdout, flush=True)
print(sys.stdout.write("abc\n"))
sys.stdout.flush()
sys.stdout.buffer.write(b"bytes\n")
sys.stdout.flush()


class W:
    def __init__(self):
        self.parts = []

    def write(self, s):
        self.parts.append(s)


w = W()
print("a", 1, sep="|", end="$", file=w)
print(w.parts)
try:
    print("x", file=5)
except AttributeError as e:
    print(e)
sys.stdout.reconfigure(errors="backslashreplace")
print("\ud800")
