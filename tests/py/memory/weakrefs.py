"""weakref: ref, proxy, callbacks, finalize, WeakValueDictionary and the rest."""
import gc
import weakref


class C:
    def __init__(self, n=0):
        self.n = n

    def m(self):
        return "m"


c = C(5)
r = weakref.ref(c, lambda ref: print("gone", ref() is None))
p = weakref.proxy(c)
print(r() is c, p.n, weakref.getweakrefcount(c), weakref.ref(c) is weakref.ref(c), r == weakref.ref(c))
m = weakref.WeakMethod(c.m)
print(m()())
f = weakref.finalize(c, print, "finalized", 1)
print(f.alive)
del c
print(r(), f.alive, m())
try:
    p.n
except ReferenceError as e:
    print(e)
d = weakref.WeakValueDictionary()
k = weakref.WeakKeyDictionary()
s = weakref.WeakSet()
o = C(1)
d["x"] = o
k[o] = "v"
s.add(o)
print(len(d), len(k), len(s), d["x"].n)
del o
gc.collect()
print(len(d), len(k), len(s), list(d))
for bad in (5, "s", None, (), [], {}):
    try:
        weakref.ref(bad)
        print("ok")
    except TypeError as e:
        print(e)
print(hash(weakref.ref(C)) == hash(C), weakref.ref(len)() is len, type(weakref.ref(C)).__name__)
