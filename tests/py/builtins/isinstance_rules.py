"""isinstance and issubclass with tuples, unions, ABCs, __instancecheck__, lying __class__."""


class Meta(type):
    def __instancecheck__(cls, o):
        return o == "magic"

    def __subclasscheck__(cls, c):
        return c is int


class M(metaclass=Meta):
    pass


class Liar:
    __class__ = int


print(isinstance("magic", M), isinstance(M(), M), isinstance(5, M), issubclass(int, M), issubclass(M, M), isinstance(Liar(), int), type(Liar()).__name__, isinstance(True, int), isinstance(1, (str, (float, (int,)))), isinstance(1, int | str), issubclass(bool, (str, int)), isinstance(int, type), isinstance(None, type(None)), issubclass(type, object))
for bad in (lambda: isinstance(1, 5), lambda: isinstance(1, (str, 5)), lambda: issubclass(5, int), lambda: issubclass(int, 5), lambda: isinstance(1), lambda: issubclass(int, [int])):
    try:
        bad()
    except TypeError as e:
        print(e)
