"""Subclasses of built-in types with state, and what their methods give."""


class L(list):
    def __init__(self, *a):
        super().__init__(a)
        self.extra = "e"

    def append(self, x):
        super().append(x * 2)


l = L(1, 2)
l.append(3)
l.extend([4])
print(l, l.extra, l + [1], type(l * 2).__name__, l[1:], l == [1, 2, 6, 4], isinstance(l, list), len(l), sorted(l))


class D(dict):
    def __getitem__(self, k):
        return "got " + super().__getitem__(k)


d = D(a="x")
print(d["a"], d.get("a"), dict(d), {**d}, "%(a)s" % d, "{a}".format_map(d))


class S(set):
    pass


s = S([1])
s.x = 1
print(s | {2} == {1, 2}, type(s | {2}).__name__, s.copy().__class__.__name__)


class T(tuple):
    @property
    def x(self):
        return self[0]


print(T([5, 6]).x, T((1,)) + (2,), type(T()[:]).__name__)


class E(ValueError, KeyError):
    pass


print(str(E("m")), repr(E("m")), E.__mro__[1:4])


class B(bytes):
    pass


print(B(b"x") + b"y", type(B(b"ab").upper()).__name__, B(b"a") == b"a")


class Fl(float):
    def __repr__(self):
        return "Fl"


print(Fl(1.5), str(Fl(2)), Fl(1) + 1, f"{Fl(2.5):.1f}", [Fl(1)])


class Mixed(int, object):
    pass


print(Mixed(5) + 1, Mixed.__mro__)
