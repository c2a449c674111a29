"""Stars in calls and displays: order, mappings, duplicates."""


def f(*a, **k):
    return a, k


print(f(*[1], 2, *(3, 4), x=1, **{"y": 2}, z=3))
print(f(*"ab", *range(2)), f(**{}), f(*()))


class Map:
    def keys(self):
        return ["p", "q"]

    def __getitem__(self, key):
        return key * 2


print(f(**Map()))
for call in (
    lambda: f(x=1, **{"x": 2}),
    lambda: f(**{"x": 2}, **{"x": 3}),
    lambda: f(*None),
    lambda: f(**[1]),
    lambda: f(**{None: 1}),
):
    try:
        print(call())
    except TypeError as e:
        print(e)
a, *b = *range(3), 9
print(a, b)
print((*[], *[1]), [*{}], {**{}})


def ret():
    return 1, *[2, 3]


print(ret())
for z in 1, *[2]:
    print(z)
