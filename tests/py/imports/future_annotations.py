"""from __future__ import annotations keeps annotations as text."""
from __future__ import annotations
import __future__


def f(a: Undefined, b: list[int] = 1) -> "x" + y: ...


class C:
    a: Missing[1:2]
    b: lambda x: x ** 2


x: not a + b = 1
print(f.__annotations__, C.__annotations__, __annotations__, __future__.annotations.compiler_flag != 0)
