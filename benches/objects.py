"""Many small objects: trees built, walked and dropped; linked lists; subclasses with __init__ chains."""


class Tree:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def size(self):
        total = 1
        if self.left is not None:
            total += self.left.size()
        if self.right is not None:
            total += self.right.size()
        return total


def tree(depth):
    return Tree(None, None) if depth == 0 else Tree(tree(depth - 1), tree(depth - 1))


class Shape:
    def __init__(self, name):
        self.name = name

    def area(self):
        return 0


class Box(Shape):
    def __init__(self, width, height):
        super().__init__("box")
        self.width, self.height = width, height

    def area(self):
        return self.width * self.height


class Square(Box):
    def __init__(self, side):
        super().__init__(side, side)


class Link:
    __slots__ = ("value", "next")

    def __init__(self, value, next):
        self.value, self.next = value, next


def main():
    total = sum(tree(11).size() for _ in range(14))
    for shape in [Square(i) if i % 2 else Box(i, 2) for i in range(40_000)]:
        total += shape.area()
    for _ in range(4):
        chain = None
        for i in range(20_000):
            chain = Link(i, chain)
        while chain is not None:
            total += chain.value
            chain = chain.next
    print(total)


main()
