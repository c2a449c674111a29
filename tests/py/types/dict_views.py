"""keys, values and items as views: set operations, changing dicts, comparisons."""
d = {"a": 1, "b": 2}
k, v, i = d.keys(), d.values(), d.items()
d["c"] = 3
print(k, v, i, len(k), "c" in k, 3 in v, ("c", 3) in i, ("c", 4) in i)
print(sorted(k & {"a", "z"}), sorted(k | ["q"]), sorted(k - {"a"}), sorted(k ^ {"a", "x"}), sorted(i & {("a", 1)}), k == {"a", "b", "c"}, k <= {"a", "b", "c", "d"}, k.isdisjoint({"z"}), i >= {("b", 2)})
print(list(reversed(k)), list(reversed(v)), list(reversed(i)), k.mapping["a"], type(k).__name__, type(iter(i)).__name__, v == d.values())
try:
    for key in d:
        d[key + key] = 0
except RuntimeError as e:
    print(e)
d = {1: 2, 3: 4}
try:
    for key in d:
        del d[key]
        d[key + 10] = 0
except RuntimeError as e:
    print(e)
d = {1: 1, 2: 2}
it = iter(d)
d[1] = 5
print(list(it), list(it))
try:
    k[0]
except TypeError as e:
    print(e)
try:
    hash(d.items())
except TypeError as e:
    print(e)
