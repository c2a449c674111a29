"""Special methods are looked up on the type, not on the instance."""


class C:
    def __len__(self):
        return 1

    def __getattribute__(self, name):
        print("getattribute", name)
        return super().__getattribute__(name)


c = C()
print(len(c))
print(c.__len__())


class P:
    pass


p = P()
p.__len__ = lambda: 5
p.__call__ = lambda: 6
for f in (len, lambda x: x()):
    try:
        f(p)
    except TypeError as e:
        print(e)
P.__len__ = lambda self: 7
print(len(p))
P.__bool__ = lambda self: False
print(bool(p))
del P.__bool__
print(bool(p))
P.__eq__ = lambda self, o: True
print(p == 5, P.__hash__ is None or "hash kept")
P.__iter__ = lambda self: iter("xyz")
print(list(p), "x" in p)
P.__str__ = lambda self: "str"
print(str(p), f"{p}", repr(p)[:10] != "str")
P.__str__ = lambda self: 5
try:
    str(p)
except TypeError as e:
    print(e)
P.__index__ = lambda self: 1
print([1, 2][p])
P.__enter__ = lambda self: "entered"
P.__exit__ = lambda *a: None
with p as x:
    print(x)
