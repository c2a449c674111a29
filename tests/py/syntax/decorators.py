"""Decorators of functions and classes, order, expressions, arguments."""


def tag(name):
    print("make", name)

    def wrap(thing):
        print("apply", name, thing.__name__)
        return thing

    return wrap


@tag("one")
@tag("two")
def f():
    return 1


@tag("class")
class C:
    @staticmethod
    def s():
        return "s"

    @classmethod
    def c(cls):
        return cls.__name__

    @property
    def p(self):
        return "p"

    @p.setter
    def p(self, value):
        print("set", value)

    @p.deleter
    def p(self):
        print("del")


print(f(), C.s(), C.c(), C().s(), C().p)
o = C()
o.p = 5
del o.p
wrappers = {"x": [lambda f: lambda *a: ("wrapped", f(*a))]}


@wrappers["x"][0]
def g(a):
    return a


print(g(3))


@(lambda f: f() + 1)
def value():
    return 41


print(value)
