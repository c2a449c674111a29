import sys
class A:
    x = 1
    __slots__ = ('a', 'b')
    def __init__(self, a, b=2): self.a = a; self.b = b
    def __add__(self, o): return A(self.a + o.a, self.b)
    def __eq__(self, o): return self.a == o.a
    @property
    def p(self): return self.a
    def m(self, *args, **kw): return args, kw, self.x
class B(A):
    y = [1, 2]
    def m(self, *a, **k):
        return super().m(*a, k=1, **k)
    def __getattr__(self, n): return n
    @classmethod
    def c(cls, z=1): return cls(z)
    @staticmethod
    def s(): return __class__
def f():
    b = B(1)
    for i in range(5):
        b.a += i
        b.b = b.a
        b.zzz
        b.m(i, q=i)
        B.c(i).p
    del b.a
    b.y.append(1)
    try: b.a
    except AttributeError as e: return str(e)
    return b + A(1) == b
def g():
    o = type('T', (), {'k': 1})()
    o.v = 1; o.w = 2; o.__dict__['u'] = 3
    del o.v
    return [o.k, o.u, o.w, f'{o.w!r:>{o.u}}', sys.maxsize]
f(); g()
