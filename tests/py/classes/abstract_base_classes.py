"""abc: abstract methods, registration, __subclasshook__."""
from abc import ABC, abstractmethod, ABCMeta
from collections.abc import Sized, Iterable, Hashable, Callable, Mapping, Sequence, MutableSequence, Set


class Shape(ABC):
    @abstractmethod
    def area(self):
        ...

    @property
    @abstractmethod
    def name(self):
        ...


class Sq(Shape):
    def area(self):
        return 4


class Full(Sq):
    name = "full"


for c in (Shape, Sq, Full):
    try:
        print(c().area())
    except TypeError as e:
        print(e)
print(sorted(Shape.__abstractmethods__))


class Virtual:
    pass


Shape.register(Virtual)
print(issubclass(Virtual, Shape), isinstance(Virtual(), Shape))


class L:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return [10, 20][i]


print(isinstance(L(), Sized), isinstance(L(), Iterable), isinstance(5, Hashable), isinstance([], Hashable), isinstance(len, Callable), isinstance({}, Mapping), isinstance((), Sequence), isinstance(b"", MutableSequence), isinstance({1}, Set))


class S(L, Sequence):
    pass


print(list(S()), S().index(20), S().count(1), 10 in S(), list(reversed(S())))
