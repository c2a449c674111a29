#: stdin first line
#: stdin second
#: stdin 5
#: stdin rest é
"""input(), sys.stdin by lines, end of input."""
import sys

print(repr(input()))
print(repr(input("prompt> ")), int(input()) + 1)
print([line for line in sys.stdin])
try:
    input()
except EOFError as e:
    print(e)
print(repr(sys.stdin.read()), repr(sys.stdin.readline()))
