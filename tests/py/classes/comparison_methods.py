"""Rich comparison, identity defaults, total_ordering, hash rules."""
from functools import total_ordering


@total_ordering
class V:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        return self.n == o.n if isinstance(o, V) else NotImplemented

    def __lt__(self, o):
        return self.n < o.n if isinstance(o, V) else NotImplemented

    def __hash__(self):
        return hash(self.n)


print(V(1) < V(2), V(1) >= V(2), V(2) > V(1), V(1) <= V(1), V(1) == V(1), V(1) != V(1), V(1) == 1, V(1) != 1)
print(len({V(1), V(1), V(2)}), max(V(1), V(3), V(2)).n)
try:
    V(1) < 1
except TypeError as e:
    print(e)


class NoHash:
    def __eq__(self, o):
        return True


print(NoHash.__hash__, NoHash() != NoHash())
try:
    {NoHash()}
except TypeError as e:
    print(e)


class BadHash:
    def __hash__(self):
        return "x"


try:
    hash(BadHash())
except TypeError as e:
    print(e)


class Big:
    def __hash__(self):
        return 2 ** 70


print(hash(Big()) == hash(2 ** 70), hash(1.0) == hash(1) == hash(True), hash(2 ** 61 - 1), hash(-1), hash(0.5) == hash(1 / 2), hash(float("inf")))
o = object()
print(o == o, o != o, o.__eq__(1), object.__lt__(o, o))
