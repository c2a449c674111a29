#: exit 3
"""sys.exit with a number; finally and atexit run."""
import atexit
import sys

atexit.register(print, "atexit 1")
atexit.register(print, "atexit 2")
try:
    sys.exit(3)
finally:
    print("finally")
