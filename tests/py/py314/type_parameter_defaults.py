"""PEP 696: defaults of type parameters (3.13 has them already)."""


class A[T = int, **P = [bool]]:
    pass


class V[*Ts = *tuple[str, ...]]:
    pass


def f[T = list[int]](x: T) -> T: ...


type X[T = str] = list[T]
print([p.__default__ for p in A.__type_params__ + V.__type_params__], f.__type_params__[0].__default__, X[int], A.__type_params__[0].has_default())
from typing import NoDefault, TypeVar
print(TypeVar("Q").__default__ is NoDefault)
try:
    compile("class B[T = int, U]: pass", "s", "exec")
except SyntaxError as e:
    print(e.msg)
