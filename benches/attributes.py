"""Attribute reads and writes: instance, class, slots, property, __getattr__."""


class Point:
    dimension = 3

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    @property
    def norm1(self):
        return self.x + self.y + self.z


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Lazy:
    def __getattr__(self, name):
        return len(name)


def main():
    points = [Point(i, i + 1, i + 2) for i in range(100)]
    pair = Slotted(0, 1)
    lazy = Lazy()
    total = 0
    for _ in range(5000):
        for p in points:
            p.x, p.y = p.y, p.x
            p.z = p.x - p.y
            total += p.norm1 * p.dimension
            pair.left, pair.right = pair.right, pair.left + p.x
        total += lazy.missing
    print(total, pair.left, pair.right)


main()
