"""sys.getrefcount and getsizeof say something sensible; intern."""
import sys

x = object()
n = sys.getrefcount(x)
y = x
print(sys.getrefcount(x) - n, sys.getsizeof([]) > 0, sys.getsizeof("abc") > 0, sys.getsizeof(5) > 0)
a = "".join(["in", "terned"])
print(sys.intern(a) is sys.intern("interned"))
try:
    sys.intern(5)
except TypeError as e:
    print(e)


class S:
    def __sizeof__(self):
        return 100


print(sys.getsizeof(S()) >= 100)
