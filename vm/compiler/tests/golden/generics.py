type Pair[T: int, *Ts = *tuple[int], **P = [int]] = tuple[T, *Ts]
def f[T](x: T, y=1, *, z: int = 2) -> T: ...
class C[T](Base, kw=1):
    a: T
    if x:
        b: list[a] = 1
    def m[U](self, u: U | T): return __class__
