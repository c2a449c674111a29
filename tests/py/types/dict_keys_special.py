"""Keys that compare equal, keys with odd __eq__ and __hash__, NaN, missing keys of subclasses."""


class K:
    def __init__(self, n, h):
        self.n, self.h = n, h

    def __hash__(self):
        return self.h

    def __eq__(self, other):
        return isinstance(other, K) and self.n == other.n

    def __repr__(self):
        return f"K{self.n}"


d = {K(i, i % 2): i for i in range(6)}
print(d, d[K(3, 1)], K(3, 0) in d)
nan = float("nan")
n = {nan: 1, float("nan"): 2}
print(len(n), n[nan], float("nan") in n)
print({0: "a", -0.0: "b", False: "c"}, {"a": 1, b"a": 2}, {1: 1, "1": 2}, {2 ** 70: 1}[2 ** 70], {1 + 0j: "c"}[1])


class Raises:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise ValueError("eq called")


try:
    {1: 0}[Raises()]
except ValueError as e:
    print(e)


class S(str):
    def __hash__(self):
        return hash("abc")

    def __eq__(self, other):
        return True


print({"abc": 1}.get(S("zzz")), {S("q"): 5}["abc"])


class D(dict):
    def __missing__(self, k):
        self[k] = value = len(k)
        return value

    def __setitem__(self, k, v):
        super().__setitem__(k, v * 10)


d = D(a=1)
print(d["xyz"], d, d.get("no"), dict(d), isinstance(d, dict), D({"b": 2}))
