"""__call__, __new__, immutable subclasses, instances of other classes from __new__."""


class Adder:
    def __init__(self, n):
        self.n = n

    def __call__(self, x, *, y=0):
        return self.n + x + y


print(Adder(2)(3, y=1), callable(Adder(1)), callable(5))


class Upper(str):
    def __new__(cls, text, extra=None):
        self = super().__new__(cls, text.upper())
        self.extra = extra
        return self


u = Upper("abc", extra=5)
print(u, u.extra, type(u).__name__, type(u + "x").__name__, isinstance(u, str))


class Other:
    def __new__(cls):
        return 5

    def __init__(self):
        print("never")


print(Other())


class Single:
    it = None

    def __new__(cls, *a):
        if cls.it is None:
            cls.it = super().__new__(cls)
        return cls.it

    def __init__(self, *a):
        print("init", a)


print(Single(1) is Single(2))


class Init:
    def __init__(self):
        return 5


class Plain:
    pass


class OnlyNew:
    def __new__(cls, a):
        return super().__new__(cls)


for call in (lambda: Init(), lambda: Plain(1), lambda: object(1), lambda: OnlyNew(), lambda: object.__new__(int), lambda: int.__new__(str), lambda: object.__new__(5), lambda: Plain().x(), lambda: Plain()()):
    try:
        call()
    except (TypeError, AttributeError) as e:
        print(e)


class T(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)

    first = property(lambda self: self[0])


print(T(1, 2), T(7).first, T() == ())
