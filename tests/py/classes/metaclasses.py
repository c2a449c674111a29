"""Metaclasses: __prepare__, __new__, __init__, __call__, keywords, derivation, conflicts."""


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, kw)
        return {"injected": 1}

    def __new__(mcs, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")))
        return super().__new__(mcs, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        print("init", name)
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        print("call", args)
        return super().__call__(*args)

    def __len__(cls):
        return 42

    def __getattr__(cls, name):
        return "meta " + name

    @property
    def prop(cls):
        return "prop of " + cls.__name__


class A(metaclass=Meta, option=1):
    x = 2

    def __init__(self, *a):
        print("A init", a)


A(5)
print(len(A), A.missing, A.injected, A.prop, type(A).__name__)
try:
    A().missing
except AttributeError as e:
    print(e)


class B(A):
    pass


class M2(type):
    pass


try:
    class C(A, metaclass=M2):
        pass
except TypeError as e:
    print(e)


def function_meta(name, bases, ns):
    return (name, bases, sorted(ns)[:1])


class D(metaclass=function_meta):
    y = 1


print(D)


class Plain:
    pass


for bad in (lambda: type("X", (), {}, key=1), lambda: type(), lambda: type("x"), lambda: type(1, (), {}), lambda: type("a\0b", (), {})):
    try:
        print(bad())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
