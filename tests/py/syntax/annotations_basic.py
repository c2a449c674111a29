"""Annotations of variables, functions and classes."""
x: int = 5


class C:
    a: int
    b: "str" = "s"
    c: list[int] = []

    def m(self, p: float, *q: bytes, r: bool = True, **s: dict) -> None:
        v: int
        w: str = "local"
        return w


print(C.__annotations__)
print(C.m.__annotations__)
print(hasattr(C, "a"), C.b)
print(C().m(1))
(y): int = 3
print("y" in globals(), y)
z: list = [1]
z[0]: int = 9
print(z)
