"""Lazy pipelines stop when nobody asks; order of side effects."""


def source():
    for i in range(5):
        print("produce", i)
        yield i


def double(it):
    for x in it:
        print("double", x)
        yield x * 2


for y in double(x for x in source() if x % 2):
    print("got", y)
    if y > 2:
        break
import itertools
print(list(itertools.islice(double(source()), 2)))
a, b = itertools.tee(double(iter([1, 2])))
print(next(a), next(a), list(b))
