"""match: mapping patterns, rest, keys by value, missing keys with a default factory."""
from collections import defaultdict, OrderedDict


class K:
    KEY = "k"


def f(x):
    match x:
        case {"type": "point", "x": x, "y": y}:
            return ("point", x, y)
        case {K.KEY: v}:
            return ("value key", v)
        case {1: _, **rest}:
            return ("rest", rest)
        case {"a": {"b": [c, *_]}}:
            return ("deep", c)
        case {}:
            return ("any mapping", len(x))
        case _:
            return "no"


for x in ({"type": "point", "x": 1, "y": 2, "z": 3}, {"k": 5}, {1: 2, 3: 4}, {"a": {"b": "xy"}}, {"a": {"b": [9, 8]}}, {}, [], 1,
          OrderedDict(k=1)):
    print(f(x))
d = defaultdict(list)
print(f(d), dict(d))
