"""lambda with every kind of parameter."""
print((lambda: 1)(), (lambda x: x * 2)(4), (lambda *a, **k: (a, k))(1, 2, z=3))
print((lambda x, /, y, *, z=3: x + y + z)(1, y=2))
print((lambda x: lambda y: x + y)(1)(2))
print(sorted([3, 1, 2], key=lambda v: -v))
print((lambda: (yield))().__class__.__name__)
f = lambda: 0
print(f.__name__, f.__qualname__)
print([g() for g in [lambda n=n: n * n for n in range(4)]])
