"""StopIteration that leaves a generator becomes RuntimeError (PEP 479)."""


def g():
    yield 1
    raise StopIteration("x")


it = g()
print(next(it))
try:
    next(it)
except RuntimeError as e:
    print(e, repr(e.__cause__))


def h():
    yield next(iter([]))


try:
    list(h())
except RuntimeError as e:
    print(e)
try:
    list(next(iter([])) for _ in range(2))
except RuntimeError as e:
    print(e)
