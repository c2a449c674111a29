"""Insertion order through deletions, reinsertion, growth and many keys."""
d = {}
for n in range(20):
    d[n] = n
for n in range(0, 20, 3):
    del d[n]
d[0] = "again"
print(list(d))
d.pop(1)
d.update({5: "five", 100: 1})
print(d)
big = {f"k{i}": i for i in range(1000)}
for i in range(990):
    del big[f"k{i}"]
print(list(big), next(iter(big)), big.popitem())
for i in range(5):
    big[i] = i
print(list(big.items())[-6:])
m = {"b": 1}
m["a"] = 2
m["b"] = 3
print(m, dict(reversed(m.items())), {k: m[k] for k in sorted(m)}, list(m.copy()), list({**m, "b": 0}))
from collections import OrderedDict
o = OrderedDict(m)
o.move_to_end("b")
print(o, o == dict(m), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), o.popitem(last=False))
