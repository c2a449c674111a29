"""Pickles of all protocols: shared and recursive objects, reductions, persistent ids, buffers out of band, errors."""

import collections
import copyreg
import io
import pickle
import pickletools


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return vars(self) == vars(other)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return self.a == other.a


class Named(tuple):
    def __new__(cls, *, items):
        return super().__new__(cls, items)

    def __getnewargs_ex__(self):
        return (), {"items": tuple(self)}


class Outer:
    class Inner:
        def method(self):
            return "inner"


class Stateful(list):
    def __reduce_ex__(self, protocol):
        return Stateful, (), {"n": protocol}, iter(self)

    def __setstate__(self, state):
        self.state = state


shared = [1, 2]
recursive = [shared]
recursive.append(recursive)
values = [
    None, True, 0, 255, 65536, -1, 2**31, -2**31 - 1, 2**63, -2**80, 10**400, 1.5, float("inf"), "", "ü\ud800\U0001F600",
    b"", bytes(range(256)), bytearray(b"abc"), (), (1,), (1, 2, 3, 4), [], {"k": [1]}, {1, 2}, frozenset("a"),
    Point(1, [2]), Slotted("s"), Named(items=(1, 2)), Outer.Inner, len, [].append.__name__, collections.OrderedDict(a=1),
    range(5), slice(1, 2), 1j, Ellipsis, NotImplemented, type(None), int, str.upper,
]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    for v in values:
        if protocol < 2 and isinstance(v, Slotted):
            continue
        back = pickle.loads(pickle.dumps(v, protocol))
        if not (back == v and type(back) is type(v)):
            print("differs", protocol, v, back)
    both = pickle.loads(pickle.dumps([shared, shared], protocol))
    again = pickle.loads(pickle.dumps(recursive, protocol))
    print(protocol, both[0] is both[1], again[1] is again, pickle.loads(pickle.dumps(Stateful([7]), protocol)).state)
    data = pickle.dumps([v for v in values if not isinstance(v, (set, Slotted))], protocol)
    print(pickle._loads(data)[1:12] == pickle.loads(data)[1:12], pickletools.optimize(data) == data)

data = pickle.dumps(["x" * 70000, b"y" * 70000, list(range(30000))], 4)
print(len(data), pickle.load(io.BytesIO(data))[2][-1])


class Ids(pickle.Pickler):
    def persistent_id(self, obj):
        return ("point", obj.x) if isinstance(obj, Point) else None


class FromIds(pickle.Unpickler):
    def persistent_load(self, pid):
        return Point(pid[1], None)

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


f = io.BytesIO()
Ids(f, 2).dump([Point(5, 6), collections.OrderedDict()])
f.seek(0)
print(FromIds(f).load()[0].x)


class Override(pickle.Pickler):
    def reducer_override(self, obj):
        return (int, ("42",)) if isinstance(obj, Point) else NotImplemented


f = io.BytesIO()
Override(f).dump((Point(1, 1), Slotted))
print(pickle.loads(f.getvalue()))
p = pickle.Pickler(io.BytesIO())
p.dispatch_table = copyreg.dispatch_table.copy()
p.dispatch_table[Point] = lambda o: (complex, (o.x, o.y))
p.dump(Point(1, 2))
print(sorted(n for n, _ in p.memo.copy().values())[:3], p.bin, p.fast)
p.clear_memo()
print(p.memo.copy())

buffers = []
big = bytearray(b"out of band")
data = pickle.dumps(pickle.PickleBuffer(big), 5, buffer_callback=buffers.append)
print(len(data), pickle.loads(data, buffers=buffers) is big or bytes(pickle.loads(data, buffers=buffers)))

for bad in (b"", b"\x80\x09.", b"junk", b"(", b"0", b"h\x05.", b"\x8c\x05ab", b"c\nlog\n."):
    try:
        pickle.loads(bad)
    except Exception as e:
        print(type(e).__name__, e)
for bad in (lambda: 0, open, type("Lost", (), {})):
    try:
        pickle.dumps(bad)
        print("fine")
    except Exception as e:
        print(type(e).__name__)
deep = []
for _ in range(200_000):
    deep = [deep]
try:
    pickle.dumps(deep)
except RecursionError:
    print("RecursionError")
