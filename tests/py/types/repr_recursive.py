"""repr of containers inside themselves and of strings in containers."""
a = [1]
a.append(a)
d = {"d": a}
d["self"] = d
t = (a, [])
t[1].append(t)
print(a, d, t)
s = ["it's", 'q"', "é", "\n", "\u200b", b"x"]
print(s, str(s), {"k": "v"}, ("t",), {"s"})
print([1.0, 10 ** 20, None, True, ..., int, len], [float("nan")], [[]], {(): {}})
from collections import deque, OrderedDict, defaultdict, Counter, ChainMap
q = deque([1], 3)
q.append(q)
print(q, OrderedDict(a=1), defaultdict(int, a=1), Counter("aab"), ChainMap({"a": 1}, {}))
