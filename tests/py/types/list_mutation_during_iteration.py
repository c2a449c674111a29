"""Lists that change while someone walks over them or sorts them."""
a = [1, 2, 3, 4]
for x in a:
    if x == 2:
        a.remove(x)
    print(x, end=" ")
print(a)
a = [1]
for x in a:
    if len(a) < 5:
        a.append(x + 1)
print(a)
it = iter([1, 2, 3])
print(it.__length_hint__(), next(it), list(it), list(it), it.__length_hint__())
b = [3, 1, 2]


def key(x):
    b.append(x)
    return x


try:
    b.sort(key=key)
except ValueError as e:
    print(e)
c = [1, 2, 3]
r = reversed(c)
c.append(4)
print(list(r))
d = [1, 2, 3]
i = iter(d)
next(i)
d.clear()
print(list(i), list(i))
