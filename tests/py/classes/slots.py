"""__slots__: no dict, inheritance, conflicts, descriptors, weak references."""
import weakref


class S:
    __slots__ = ("a", "_b", "__c")

    def __init__(self):
        self.a = 1
        self.__c = 3


s = S()
print(s.a, s._S__c, S.__slots__, hasattr(s, "__dict__"), type(S.a).__name__)
for stmt in ("s.x = 1", "s._b", "del s._b", "weakref.ref(s)", "s.__dict__"):
    try:
        exec(stmt)
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)
del s.a
try:
    s.a
except AttributeError as e:
    print(e)


class T(S):
    pass


t = T()
t.anything = 5
print(t.__dict__, t.a)


class U(S):
    __slots__ = ("d", "__weakref__")


u = U()
u.d = 4
print(weakref.ref(u)() is u, u.d)
for body in ({"__slots__": ("x",), "x": 1}, {"__slots__": ("1x",)}, {"__slots__": (1,)}, {"__slots__": ("__dict__", "__dict__")}):
    try:
        type("Bad", (), body)
        print("ok")
    except (ValueError, TypeError) as e:
        print(e)
try:
    class V(int):
        __slots__ = ("x",)
    print("ok")
except TypeError as e:
    print(e)


class W:
    __slots__ = "single"


W().single = 1
try:
    class X(S, W):
        pass
except TypeError as e:
    print(e)


class Y:
    __slots__ = {"doc": "documented"}


print(Y.doc.__doc__)
