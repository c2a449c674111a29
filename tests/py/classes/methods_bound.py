"""Bound methods, functions as attributes, equality, classmethod and staticmethod objects."""


class C:
    def m(self, x):
        return (self is c, x)

    @classmethod
    def k(cls):
        return cls

    @staticmethod
    def s(x):
        return x


c = C()
f = c.m
print(f(1), f.__self__ is c, f.__func__ is C.m, f == c.m, f is c.m, hash(f) == hash(c.m))
print(C.m(c, 2), C.k() is C, c.k() is C, C.s(1), c.s(2))
c.own = lambda x: x
print(c.own(5))
print(C.__dict__["k"].__func__(int), C.__dict__["s"](3), type(C.__dict__["k"]).__name__)
print(repr(f).split(" object")[0], repr(C.m).split(" at")[0])
print([1].append.__self__, [].append.__name__, str.upper.__qualname__, repr(str.upper), repr("".upper).split(" at")[0], repr(len))
import types
bound = types.MethodType(lambda self, y: (self, y), 5)
print(bound(6))
try:
    types.MethodType(5, 6)
except TypeError as e:
    print(e)
try:
    C.m(1)
except TypeError as e:
    print(e)
try:
    str.upper(5)
except TypeError as e:
    print(e)
try:
    str.upper()
except TypeError as e:
    print(e)
try:
    c.m.x = 1
except AttributeError as e:
    print(e)
C.m.x = 1
print(c.m.x, C.m.__dict__)
