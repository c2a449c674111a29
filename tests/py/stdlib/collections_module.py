"""collections: deque, Counter, defaultdict, OrderedDict, ChainMap, UserDict."""
from collections import deque, Counter, defaultdict, OrderedDict, ChainMap, UserDict, UserList, UserString

d = deque([1, 2, 3], maxlen=4)
d.append(4); d.append(5); d.appendleft(0); d.rotate(1); d.extendleft("ab")
print(d, d.maxlen, d.pop(), d.popleft(), list(d), d[0], d.index(0) if 0 in d else None, len(d), d.count("a"), list(reversed(d)), d + deque([9]), d * 2, d == deque(d))
d.insert(1, "i"); d.remove("i"); d.reverse(); d.clear()
for call in (lambda: d.pop(), lambda: d.popleft(), lambda: d[0], lambda: d.remove(1), lambda: deque(5), lambda: deque([], -1), lambda: deque([1], maxlen=1).insert(0, 2)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], c + Counter("aa"), c - Counter("aaab"), c & Counter("ab"), c | Counter("zz"), sorted(c.elements())[:3], c.total(), Counter(a=1, b=-1) == Counter(a=1), +Counter(a=1, b=-1))
c.update("zz"); c.subtract({"a": 10})
print(c["z"], c["a"])
dd = defaultdict(list)
dd["a"].append(1)
print(dd, dd["b"], dict(dd), defaultdict(None), dd.default_factory)
try:
    defaultdict(None)["x"]
except KeyError as e:
    print(repr(e))
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 5
print(m["a"], m["b"], dict(m), m.parents, m.new_child({"z": 0})["z"], len(m))


class U(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k, v * 2)


print(U(a=1), UserList([1]) + [2], UserString("ab").upper())
