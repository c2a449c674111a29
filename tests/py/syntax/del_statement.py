"""del of names, attributes, items, slices, nested targets."""
a = [1, 2, 3, 4, 5]
del a[0], a[-1]
print(a)
del a[:2]
print(a)
d = {"x": 1, "y": {"z": 2}}
del d["y"]["z"], d["x"]
print(d)


class C:
    pass


c = C()
c.x = c.y = 1
del c.x, (c.y)
print(vars(c))
p = q = r = 1
del (p, [q, r])
for name in ("p", "q", "r"):
    print(name in globals())
for stmt in ("del c.x", "del d['no']", "del a[3]", "del missing", "del a[:1][0]", "del (1).real"):
    try:
        exec(stmt)
    except Exception as e:
        print(type(e).__name__, e)
