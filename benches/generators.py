"""Generators: recursion with yield from, pipelines, send."""


class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def build(low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return Node(middle, build(low, middle), build(middle + 1, high))


def numbers(n):
    for i in range(n):
        yield i


def even(source):
    for value in source:
        if value % 2 == 0:
            yield value


def squared(source):
    for value in source:
        yield value * value


def averager():
    total, count = 0, 0
    value = None
    while True:
        value = yield value
        total += value
        count += 1
        value = total // count


def main():
    tree = build(0, 4000)
    total = sum(sum(tree) for _ in range(4))
    for _ in range(3):
        total += sum(squared(even(numbers(120_000))))
    average = averager()
    next(average)
    for i in range(120_000):
        last = average.send(i)
    total += sum(x * 2 for x in numbers(150_000) if x & 1)
    print(total, last)


main()
