"""property: getter, setter, deleter, docs, subclass override, errors."""


class C:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "the x"
        return self._x

    @x.setter
    def x(self, v):
        self._x = v * 2

    only = property(lambda self: "only")
    write = property(None, lambda self, v: print("wrote", v))


c = C()
c.x = 4
print(c.x, C.x.__doc__, type(C.x).__name__, C.x.fget.__name__)
c.write = 3
for stmt in ("c.only = 1", "del c.only", "c.write", "del c.x"):
    try:
        exec(stmt)
    except AttributeError as e:
        print(e)


class D(C):
    @C.x.getter
    def x(self):
        return "D"


print(D().x)
d = D()
d.x = 5
print(d._x, isinstance(D.x, property))


class E:
    @property
    def bad(self):
        raise AttributeError("inside")

    def __getattr__(self, name):
        return "fallback " + name


print(E().bad)
