"""Assignment: chained, unpacking, stars, attributes, subscripts, swaps, order of evaluation."""
a = b = c = [1]
print(a is b is c)
x, y, *z = range(6)
print(x, y, z)
*h, t = "abc"
print(h, t)
(p, [q, *r]), s = (1, "xyz"), 2
print(p, q, r, s)
first, *none = [1]
print(first, none)
x, y = y, x
print(x, y)


class Box:
    pass


box = Box()
box.a, box.b = 1, 2
d = {}
d["k"], d[box.a], *box.c = "vwxyz"
print(vars(box), d)


def note(name, value):
    print("eval", name)
    return value


note("target", d)[note("key", 1)] = note("value", 5)
lst = [0, 1, 2, 3, 4]
i = 0
i, lst[i] = 2, 99
print(i, lst)
lst[1:3] = "AB"
print(lst)
for bad in ("a, b = 1", "a, b = [1, 2, 3]", "a, *b, c = [1]", "a, b = (1,)"):
    try:
        exec(bad)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
