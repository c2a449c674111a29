"""The cycle collector: collects cycles, runs __del__, calls callbacks of weak references."""
import gc
import weakref

gc.collect()


class N:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


a, b = N(1), N(2)
a.other, b.other = b, a
r = weakref.ref(a, lambda _: print("callback"))
del a, b
print(r() is not None)
gc.collect()
print(r())
lst = []
lst.append(lst)
d = {}
d["d"] = (d, lst)
del lst, d
print(gc.collect() >= 2, gc.collect())


class Self:
    pass


s = Self()
s.me = s
s.f = lambda: s
w = weakref.ref(s)
del s
gc.collect()
print(w())


def gen():
    me = yield
    try:
        yield me
    finally:
        print("generator closed")


g = gen()
next(g)
g.send(g)
del g
gc.collect()
print(gc.isenabled(), gc.get_threshold()[0] > 0, len(gc.get_count()), gc.is_tracked([]), gc.is_tracked(5))
gc.disable()
print(gc.isenabled())
gc.enable()
x = []
print(any(y is x for y in gc.get_objects()), any(z == [x] for z in gc.get_referrers(x)) in (True, False), any(r is x for r in gc.get_referents([1, x])))
gc.freeze()
gc.unfreeze()
print(gc.garbage)
