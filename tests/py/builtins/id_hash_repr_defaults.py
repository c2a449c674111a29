"""Default repr, id and hash; repr of functions, classes, modules, methods."""
import re


class C:
    def m(self):
        pass

    class D:
        pass


def clean(s):
    return re.sub(r"0x[0-9a-f]+", "0x", s)


c = C()
print(clean(repr(c)), clean(repr(c.m)), clean(repr(C.m)), C, C.D, clean(repr(lambda: 0)), clean(repr((x for x in []))), clean(repr(iter([]))), clean(repr(object())), re.sub(" from.*", "", repr(re)), clean(repr(super(C, c))), clean(repr(property())), clean(repr(staticmethod(len))), clean(repr(type(c).__dict__["m"])), clean(repr(zip())), clean(repr({}.keys())), clean(repr(range(3).__iter__())), clean(repr(compile("1", "f", "eval"))).split(",")[0])
print(id(c) == id(c), hash(c) == hash(c), c is c, repr(print), repr("".join).split(" at")[0], repr(int.__add__), repr((1).__add__).split(" at")[0], repr(dict.fromkeys).split(" at")[0], repr(C.__dict__["__dict__"]), repr(type.__dict__["__mro__"]))
