"""Targets of for loops of every kind."""
d = {}
for d["k"] in range(3):
    pass
print(d)


class O:
    pass


o = O()
for o.x, (o.y, *o.z) in [(1, (2, 3, 4))]:
    print(vars(o))
lst = [0, 0]
for lst[0], lst[1] in zip("ab", "cd"):
    print(lst)
for i, lst[i % 2] in enumerate("xy"):
    pass
print(i, lst)
for x, in [(1,), (2,)]:
    print(x)
for [a, b] in ["cd"]:
    print(a, b)
for x in *range(2), 9:
    print(x)
