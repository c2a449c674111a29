"""Deep recursion of every kind ends in RecursionError."""
import sys


def f(n):
    return f(n + 1)


class C:
    def __repr__(self):
        return repr(self)

    def __eq__(self, o):
        return self == o

    def __getattr__(self, n):
        return getattr(self, n + "x")

    def __add__(self, o):
        return self + o

    def __len__(self):
        return len(self)

    def __call__(self):
        return self()


def gen(n):
    yield from gen(n + 1)


for call in (lambda: f(0), lambda: repr(C()), lambda: C() == 1, lambda: C().x, lambda: C() + 1, lambda: len(C()), lambda: C()(), lambda: list(gen(0)), lambda: sorted([C(), C()], key=f)):
    try:
        call()
        print("no error")
    except RecursionError as e:
        print(type(e).__name__, str(e)[:32])
old = sys.getrecursionlimit()
print(old)
sys.setrecursionlimit(200)


def depth(n):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


print(100 < depth(0) < 200)
sys.setrecursionlimit(old)
nested = []
for _ in range(100000):
    nested = [nested]
try:
    repr(nested)
except RecursionError as e:
    print("repr", type(e).__name__)
del nested
print("freed")
try:
    sys.setrecursionlimit(0)
except ValueError as e:
    print(e)
