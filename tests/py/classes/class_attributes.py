"""Names of classes, __dict__ as a mapping proxy, __qualname__, __module__, __doc__, name mangling."""


class Outer:
    "the doc"
    __private = 1

    class Inner:
        def method(self):
            def local():
                pass
            return local

    def get(self):
        return self.__private

    def __mangled(self):
        return "m"

    def call(self):
        return self.__mangled()


print(Outer.__name__, Outer.Inner.__qualname__, Outer.Inner().method().__qualname__, Outer.__doc__, Outer.__module__)
print(Outer().get(), Outer._Outer__private, Outer().call(), hasattr(Outer, "__private"))
print(type(Outer.__dict__).__name__, "get" in Outer.__dict__)
try:
    Outer.__dict__["x"] = 1
except TypeError as e:
    print(e)
Outer.__name__ = "Renamed"
Outer.__qualname__ = "Q"
print(Outer.__name__, repr(Outer))
try:
    Outer.__name__ = 5
except TypeError as e:
    print(e)
print(repr(Outer()).split(" at ")[0], Outer.Inner)
o = Outer()
o.__class__ = Outer.Inner
print(type(o).__name__)
for value in (5, int):
    try:
        o.__class__ = value
    except TypeError as e:
        print(e)
print(Outer.__flags__ & 1 >= 0, Outer.__basicsize__ > 0, Outer.__base__, Outer.__weakrefoffset__ != 0)
o.__dict__ = {"a": 1}
print(o.a, vars(o))
try:
    o.__dict__ = 5
except TypeError as e:
    print(e)
