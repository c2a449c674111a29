"""functools: partial, reduce, wraps, lru_cache, cached_property, singledispatch, total_ordering."""
from functools import partial, reduce, wraps, lru_cache, cache, cached_property, singledispatch, partialmethod, singledispatchmethod

p = partial(int, base=2)
print(p("101"), p.func, p.keywords, p.args, partial(partial(max, 1), 5)(3), reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(max, [], 0))
print(repr(partial(print, 1, sep="")))
calls = []


@lru_cache(maxsize=2)
def f(x, y=0):
    calls.append(x)
    return x * 2


print(f(1), f(1), f(2), f(3), f(1), calls, f.cache_info(), f.__wrapped__.__name__)
f.cache_clear()
print(f.cache_info())


@wraps(f)
def w():
    pass


print(w.__name__, w.__wrapped__ is f)


class C:
    @cached_property
    def slow(self):
        print("computing")
        return 5

    def m(self, a, b):
        return a, b

    pm = partialmethod(m, 1)

    @singledispatchmethod
    def sd(self, x):
        return "any"

    @sd.register
    def _(self, x: int):
        return "int"


c = C()
print(c.slow, c.slow, c.pm(2), c.sd("a"), c.sd(1), vars(c))


@singledispatch
def show(x):
    return "object"


@show.register(list)
def _(x):
    return "list"


@show.register
def _(x: int | str):
    return "int or str"


print(show([]), show(1), show("a"), show(True), show(1.0), show.dispatch(bool) is show.registry[int])
for call in (lambda: reduce(max, []), lambda: partial(), lambda: partial(5), lambda: f([])):
    try:
        call()
    except TypeError as e:
        print(e)
