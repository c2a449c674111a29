# Functions and classes put `<locals>` into the names of what is made inside them, comprehensions and type parameters do not.


def f():
    yield from ((lambda: 1).__qualname__ for x in [1])
    yield from ((lambda: 1).__qualname__ for x in [1] for y in [2] if (lambda: 1)())
    yield from ((q for q in [1]).__qualname__ for x in [1])
    yield from (([(lambda: 1).__qualname__ for q in [1]]) for x in [1])
    yield from [(lambda: 1).__qualname__ for q in [1]]
    yield from [(lambda: 1).__qualname__ for q in (lambda: [1])() if print((lambda: (lambda: 1))().__qualname__)or 1]
    yield from ((lambda: (lambda: 1))().__qualname__ for x in [1])
    yield from ((lambda: (z for z in [1]))().__qualname__ for x in [1])
print(*f(), sep='\n')
print(*((lambda: 1).__qualname__ for x in [1]))
print(*((lambda: 1).__qualname__ for x in [1] for y in [1]))
print(*((lambda: 1).__qualname__ for x in [1] if (lambda: print((lambda: 1).__qualname__))() or 1))
class C:
    a = [(lambda: 1).__qualname__ for q in [1]]
    b = list((lambda: 1).__qualname__ for q in [1])
    print(a, b)
    def g[T: (lambda: 1)](b=(lambda: 1)): pass
    print(g.__type_params__[0].__bound__.__qualname__,g.__defaults__[0].__qualname__)
    class D[T=(x for x in [1])](list[(lambda: 1).__qualname__]): pass
    print(D.__orig_bases__, D.__type_params__[0].__default__.__qualname__)
def gen[T](): return (lambda: 1).__qualname__
print(gen())
