"""Data and non-data descriptors, __set_name__, lookup order."""


class Data:
    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)

    def __get__(self, obj, owner=None):
        return ("data", obj is not None, owner.__name__)

    def __set__(self, obj, value):
        obj.__dict__[self.name] = value
        print("set", self.name, value)

    def __delete__(self, obj):
        print("delete", self.name)


class NonData:
    def __get__(self, obj, owner):
        return "nondata"


class C:
    d = Data()
    n = NonData()


c = C()
print(C.d, c.d, C.n, c.n)
c.d = 5
c.n = 6
print(c.d, c.n, c.__dict__)
del c.d
C.x = Data()
try:
    C().x = 1
except AttributeError as e:
    print(e)


class ReadOnly:
    def __get__(self, o, t):
        return 1

    def __set__(self, o, v):
        raise AttributeError("read-only")


class R:
    r = ReadOnly()


try:
    R().r = 2
except AttributeError as e:
    print(e)


class Meta(type):
    m = Data()


class WithMeta(metaclass=Meta):
    m = "class attribute"


print(WithMeta.m, WithMeta().m)


class Failing:
    def __set_name__(self, owner, name):
        raise ValueError("no")


try:
    class F:
        f = Failing()
except ValueError as e:
    print(e, getattr(e, "__notes__", None))
