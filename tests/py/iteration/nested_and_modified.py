"""Nested iteration over one object; dict and set changes noticed."""
lst = [1, 2]
print([(a, b) for a in lst for b in lst])
it = iter(range(4))
print([(a, next(it)) for a in it])
s = {1, 2, 3}
it = iter(s)
next(it)
s.discard(99)
print(len(list(it)))
s = {1}
it = iter(s)
s.add(2)
try:
    list(it)
except RuntimeError as e:
    print(e)
d = {"a": 1}
for change in (lambda: d.update(b=2), lambda: d.pop("a"), d.clear):
    it = iter(d.items())
    change()
    try:
        print(list(it))
    except RuntimeError as e:
        print(e)
from collections import deque
q = deque([1, 2])
it = iter(q)
q.append(3)
try:
    next(it)
except RuntimeError as e:
    print(e)
