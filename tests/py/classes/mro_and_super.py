"""Method resolution order, cooperative super, inconsistent hierarchies."""


class A:
    def f(self):
        return ["A"]


class B(A):
    def f(self):
        return ["B"] + super().f()


class C(A):
    def f(self):
        return ["C"] + super().f()


class D(B, C):
    def f(self):
        return ["D"] + super().f()


print(D().f(), [k.__name__ for k in D.__mro__], D.__bases__, D.mro() == list(D.__mro__))
for make in (lambda: type("X", (A, B), {}), lambda: type("Y", (A, A), {}), lambda: type("Z", (int, str), {}), lambda: type("W", (bool,), {}), lambda: type("V", (5,), {})):
    try:
        make()
    except TypeError as e:
        print(e)
print(A.__subclasses__(), issubclass(D, A), isinstance(D(), (int, C)))
D.__bases__ = (C, B)
print(D().f())
try:
    D.__bases__ = ()
except TypeError as e:
    print(e)
