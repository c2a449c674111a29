"""copy and pickle: identity, cycles, custom methods, protocols, errors."""
import copy
import pickle


class A:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return type(o) is A and self.v == o.v


class S:
    __slots__ = ("x", "y")


class State:
    def __getstate__(self):
        return {"saved": 1}

    def __setstate__(self, s):
        self.got = s


class Reduce:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return Reduce, (self.n + 1,)


class Args(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def __getnewargs__(self):
        return tuple(self)


data = [1, 2.5, "é", b"b", None, True, (1, [2]), {"k": {1, 2}}, frozenset([3]), 10 ** 30, -1, range(3), A(5), complex(1, 2), bytearray(b"x"), ..., int, len]
for p in range(6):
    back = pickle.loads(pickle.dumps(data, p))
    print(p, back[:-1] == data[:-1], back[-1] is len, back[12].v)
s = S()
s.x = 1
print(pickle.loads(pickle.dumps(s)).x, pickle.loads(pickle.dumps(State())).got, pickle.loads(pickle.dumps(Reduce(1))).n, copy.copy(Reduce(5)).n, pickle.loads(pickle.dumps(Args(1, 2))), copy.deepcopy(State()).got, copy.copy(s).x)
c = []
c.append((c, A(c)))
for d in (pickle.loads(pickle.dumps(c)), copy.deepcopy(c)):
    print(d is not c, d[0][0] is d, d[0][1].v is d)
a = [[1], {"x": [2]}]
b, e = copy.copy(a), copy.deepcopy(a)
print(b[0] is a[0], e[0] is a[0], e == a, copy.deepcopy(5) == 5)
print(pickle.dumps([1, "a", None], 0), pickle.dumps({"a": (1, 2.0)}, 2), len(pickle.dumps("x" * 100, 4)))
for call in (lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b"junk"), lambda: pickle.loads(b""), lambda: pickle.dumps((i for i in [])), lambda: copy.copy((i for i in [])), lambda: pickle.loads(pickle.dumps(5)[:-1])):
    try:
        call()
    except Exception as e:
        print(type(e).__name__)
