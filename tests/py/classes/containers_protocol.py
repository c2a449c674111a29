"""__len__, __getitem__, __setitem__, __contains__, __iter__, __reversed__, __missing__, slices."""


class Seq:
    def __init__(self):
        self.calls = []

    def __len__(self):
        return 3

    def __getitem__(self, key):
        self.calls.append(key)
        if isinstance(key, int) and key >= 3:
            raise IndexError("end")
        return key

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("del", key)


s = Seq()
print(list(s), 2 in s, 5 in s, list(reversed(s)))
s[1:2] = "x"
s[1, ..., ::2] = "y"
del s[None]
print(s[1:], s[-1], s[:, 1], s[...])
print(iter(s).__class__.__name__, next(iter(s)))


class D(dict):
    def __missing__(self, key):
        return key * 2


d = D(a=1)
print(d["a"], d["zz"], d.get("q"), "q" in d)


class NoIter:
    __iter__ = None

    def __getitem__(self, i):
        return i


for call in (lambda: iter(NoIter()), lambda: 1 in 5, lambda: iter(5), lambda: len(5), lambda: [5][0][0], lambda: next([]), lambda: reversed({1}), lambda: [][0:1:0]):
    try:
        call()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)


class C:
    def __contains__(self, x):
        return "truthy"

    def __length_hint__(self):
        return 10

    def __iter__(self):
        return iter([1])


print(5 in C(), 5 not in C(), list(C()))
