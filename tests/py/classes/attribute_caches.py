"""Attribute lookups see changes of classes, bases and instances at once."""


class A:
    x = "A.x"

    def m(self):
        return "A.m"


class B(A):
    pass


b = B()


def read():
    return b.x, b.m()


for _ in range(50):
    read()
print(read())
B.x = "B.x"
print(read())
b.x = "b.x"
print(read())
del b.x
del B.x
print(read())
A.m = lambda self: "new m"
print(read())
b.m = lambda: "instance m"
print(read())
del b.m
B.x = property(lambda self: "property")
print(read())
b.__dict__["x"] = "shadowed by property"
print(read())
del B.x
print(read())


class C:
    x = "C.x"

    def m(self):
        return "C.m"


b.__dict__.clear()
B.__bases__ = (C,)
print(read())
b.__class__ = type("D", (), {"x": 1, "m": lambda self: 2})
print(read())
