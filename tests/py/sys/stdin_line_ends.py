"""Line ends of what comes in through sys.stdin: as they are, but for Windows, where they are translated."""
import os
import sys

r, w = os.pipe()
os.write(w, b"a\r\nb\rc\nd\re")
os.close(w)
os.dup2(r, 0)
expected = ["a\n", "b\n", "c\n", "d\n", "e"] if os.name == "nt" else ["a\r\n", "b\rc\n", "d\re"]
print(sys.stdin.readlines() == expected, sys.stdin.newlines is None or os.name == "nt")
