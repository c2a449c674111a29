"""Closures: counters with nonlocal, function factories, composition, memoising decorators."""

from functools import lru_cache, partial


def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


def compose(*functions):
    def composed(value):
        for function in functions:
            value = function(value)
        return value

    return composed


def memoize(function):
    cache = {}

    def wrapper(*args):
        if args not in cache:
            cache[args] = function(*args)
        return cache[args]

    return wrapper


@memoize
def ways(n, k):
    return 1 if k == 0 or k == n else ways(n - 1, k - 1) + ways(n - 1, k)


@lru_cache(maxsize=None)
def stairs(n):
    return 1 if n < 2 else stairs(n - 1) + stairs(n - 2)


def main():
    step = counter()
    for _ in range(700_000):
        step()
    pipeline = compose(lambda x: x + 1, lambda x: x * 3, partial(max, 10), lambda x: x % 1000)
    total = sum(map(pipeline, range(60_000)))
    adders = [lambda x, n=n: x + n for n in range(50)]
    for i in range(6000):
        for add in adders:
            total = add(total) & 0xFFFFFF
    for i in range(60_000):
        total += ways(20, i % 21) & 3
    print(step(), total, stairs(80))


main()
