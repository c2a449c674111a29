"""What unpacking asks of an iterable."""


class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for i in range(self.n):
            print("give", i)
            yield i


a, b = It(2)
try:
    a, b = It(5)
except ValueError as e:
    print(e)
try:
    a, b, c = It(2)
except ValueError as e:
    print(e)
a, *b = It(3)
print(a, b)
for bad in (5, None, object):
    try:
        x, y = bad
    except TypeError as e:
        print(e)
(a, b), c = "xy", "z"
print(a, b, c, [*It(1)])
for i, (p, *q) in enumerate([(1, 2, 3), "ab"]):
    print(i, p, q)
