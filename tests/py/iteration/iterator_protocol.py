"""Iterators of one's own, exhausted iterators, errors in __next__ and __iter__."""


class Count:
    def __init__(self, n):
        self.i, self.n = 0, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i


c = Count(3)
print(list(c), list(c), sum(Count(4)), max(Count(3)), 2 in Count(3), [*Count(2)], dict(zip(Count(2), "ab")), tuple(Count(0)))
a, b, c = Count(3)
print(a, b, c, "-".join(map(str, Count(3))))


class NotIter:
    def __iter__(self):
        return 5


class Raises:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("in next")


class Old:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


print(list(Old()), 20 in Old(), list(enumerate(Old())))
for call in (lambda: iter(NotIter()), lambda: list(Raises()), lambda: [x for x in NotIter()], lambda: next(object()), lambda: iter(type("X", (), {"__iter__": None})())):
    try:
        call()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
