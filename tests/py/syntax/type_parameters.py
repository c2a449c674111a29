"""PEP 695: generic functions, classes, type aliases; bounds, constraints, defaults of the variables."""
from typing import TypeVar, ParamSpec, TypeVarTuple, Generic


def first[T](items: list[T]) -> T:
    return items[0]


class Stack[T: (int, str), *Ts, **P]:
    item: T


class Bounded[N: int](list[N]):
    pass


type Pair[A] = tuple[A, A]
type Tree = list[Tree] | int
print(first([4]), first.__type_params__)
print(Stack.__type_params__, [type(p).__name__ for p in Stack.__type_params__])
print(Stack.__type_params__[0].__constraints__, Bounded.__type_params__[0].__bound__)
print(Pair, Pair.__value__, Pair.__type_params__, Pair[int])
print(Tree.__value__, Tree.__name__)
print(Stack.__mro__[1:], Generic in Stack.__bases__)
print(Stack[int, str, [bool]])


def lazy[T: undefined_name]():
    pass


try:
    lazy.__type_params__[0].__bound__
except NameError as e:
    print(e)


class Outer[T]:
    def method[U](self, x: T) -> U:
        return (T, U)


print(Outer().method(1))
