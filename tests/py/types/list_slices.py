"""Slices of lists: reading, writing, deleting, extended, odd bounds."""
a = list(range(10))
print(a[2:5], a[-3:], a[:-7], a[::3], a[::-2], a[8:2:-2], a[100:], a[-100:2], a[5:5], a[None:None:None], a[slice(1, 4)])
b = a[:]
b[2:4] = []
b[0:0] = ["s"]
b[len(b):] = ["e"]
b[1:2] = b
print(b)
c = list(range(10))
c[::2] = "abcde"
c[-1:0:-3] = [1, 2, 3]
print(c)
del c[::3]
del c[-2:]
del c[5:1]
print(c)
d = [1, 2, 3]
d[5:10] = [9]
d[1:1] = d[::-1]
print(d)
for stmt in ("c[::2] = [1]", "c[::0]", "c['a':]", "c[::2] = 5", "del c[::0]"):
    try:
        exec(stmt)
    except (ValueError, TypeError) as e:
        print(e)
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), slice(None).indices(3), slice(-1, None, -1).indices(4), slice(1) == slice(1), slice(1, 2) < slice(1, 3), hash(slice(1, 2)) == hash(slice(1, 2)))
