"""__init_subclass__ with keywords, __class_getitem__."""


class Base:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"


class A(Base, tag="a"):
    pass


class B(A):
    pass


print(Base.registry, A[int], B["x", 1])
try:
    class C(Base, other=1):
        pass
except TypeError as e:
    print(e)
try:
    object[int]
except TypeError as e:
    print(e)
try:
    class D(key=1):
        pass
except TypeError as e:
    print(e)
