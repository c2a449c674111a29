from sys import path as p, maxsize
import sys as s
n = 0
def outer(a, b=1, /, c=2, *d, e, f=3, **g):
    n2 = a
    def inner(q=b):
        nonlocal n2
        global n
        n2 += q; n = n2
        return lambda: (n2, [z for z in d if z], {k: v for k, v in g.items()}, {n2 for _ in 'ab'})
    return inner
def f():
    h = outer(1, 2, *[3, 4], e=5, **{'k': 6})
    x = h()()
    match x:
        case (int(v), [w, *_], {'k': 6, **r}, {2, 3} | set()) if v: y = (v, w, r)
        case [1, 2 | 3] | {'a': _}: y = None
        case str() | None as y: pass
        case _: y = 1
    (z := y)
    a, *b, c = 'abcde'
    a = b = c = z
    del z, c
    assert a, 'x'
    return not a or -1 < len(b) <= 3 != 2, a if b else ~1, x is not None, 1 in [1], x[1:], x[0], t'{a}b{1:>3}', f'{a}{b!s:{2}}'
def g[T: int, *U, **P](x: T = 1) -> T:
    type L[V] = list[V]
    i = 0; k = 1.5; s = ''
    while True:
        i += 1; k *= 2; s += 'ab'
        if i > 5: break
        i <<= 1; i ^= 3; i %= 7; i **= 2; i //= 2; i -= 1; i |= 8
    else: pass
    return i, k / 2, s % (), [*s], {**{}, 'a': 1}, 2 ** 70 @ 1 if i < 0 else g.__annotations__
class C(object, metaclass=type):
    v: int = 1
    w = [v for v in (1, 2)]
    def __getitem__(self, i): return i
    def __setitem__(self, i, v): self.i = v
    def __delitem__(self, i): del self.i
c = C(); c[1:2, ...] = 3; c[0] += 1; del c[0]
f(); g()
