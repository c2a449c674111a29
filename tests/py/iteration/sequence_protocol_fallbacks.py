"""in, iter, reversed, index and count over sequences that only have __getitem__ and __len__."""


class Old:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


o = Old([1, 2, 3])
print(2 in o, 9 in o, list(o), list(reversed(o)), sorted(o, reverse=True), dict(enumerate(o)), tuple(o), sum(o), max(o), [*o], o[-1], o[::2])
a, b, c = o
print(a, b, c, list(zip(o, o)), list(map(str, o)), "".join(Old("xyz")), set(Old("aab")) == {"a", "b"})
import operator
print(operator.indexOf(o, 3), operator.countOf(o, 2))
