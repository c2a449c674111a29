"""Very deep structures are freed without running out of stack."""
import sys

a = None
for _ in range(300_000):
    a = [a]
del a
b = None
for _ in range(200_000):
    b = (b, 1)
b = None


class N:
    def __init__(self, next):
        self.next = next


n = None
for _ in range(200_000):
    n = N(n)
n = None
d = {}
for _ in range(100_000):
    d = {"d": d}
del d
g = iter([])
for _ in range(50_000):
    g = map(str, g)
del g
print("freed")
