#: stderr
"""Exceptions in __del__ are reported and go no further."""
import sys

sys.unraisablehook = lambda info: print("hook", info.exc_type.__name__, info.exc_value, info.object.__qualname__)


class D:
    def __del__(self):
        raise ValueError("in del")


d = D()
del d
print("after")
