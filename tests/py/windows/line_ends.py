#: only windows
#: golden no
"""Line ends of the standard streams that are no consoles: translated both ways, but not in sys.stdout.buffer."""
import subprocess
import sys

if "child" in sys.argv:
    print("one", "two", sep="\n")
    sys.stdout.write("a\r\nb\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(b"raw\n")
    sys.stdout.buffer.flush()
    print([sys.stdin.readline(), input(), sys.stdin.read()], sys.stdin.newlines)
    sys.stdout.reconfigure(newline="\n")
    print("plain")
    sys.stdout.reconfigure(encoding="utf-16-le", newline=None)
    print("w")
    print("err", file=sys.stderr)
    raise ValueError("end")

r = subprocess.run([sys.executable, "child"], input=b"1\r\n2\r\n3\n4\r5", capture_output=True)
print(r.stdout)
lines = r.stderr.split(b"\r\n")
print(lines[:2], lines[-2:], b"\n" in b"".join(lines))
