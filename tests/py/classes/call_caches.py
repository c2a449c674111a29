"""Calls through the same place with changing callees."""


def call(f, *a):
    return f(*a)


class K:
    def __init__(self, v=0):
        self.v = v

    def __call__(self, v=0):
        return ("call", v)

    def m(self, v=0):
        return ("m", v)


for f in (lambda v=0: ("lambda", v), K, K(), K().m, int, str, len, [].append, type, print, "".join, K.m):
    for args in ((), (1,), ("x",)):
        try:
            r = call(f, *args)
            print(type(r).__name__ if isinstance(r, K) else r, end=" ")
        except (TypeError, ValueError) as e:
            print(type(e).__name__, end=" ")
    print()


def one(x):
    return x + 1


results = []
for i in range(30):
    if i == 15:
        one.__code__ = (lambda x: x + 100).__code__
    results.append(one(i))
print(results[13:17])
