"""match: class patterns, __match_args__, keywords, built-in classes, errors."""


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Sub(Point):
    pass


def f(p):
    match p:
        case Point(0, 0):
            return "origin"
        case Sub(x=0):
            return "sub x0"
        case Point(x, y=0):
            return f"x axis {x}"
        case Point(x, Point(a, b)):
            return f"nested {x} {a} {b}"
        case Point():
            return "point"
        case int(n):
            return f"int {n}"
        case str():
            return "str"
        case list([1, *_]):
            return "list"
        case dict(d):
            return f"dict {d}"
        case object(missing=m):
            return m
        case _:
            return "none"


for p in (Point(0, 0), Sub(0, 5), Point(3, 0), Point(1, Point(2, 3)), Point(1, 1), 5, True, "s", [1, 2], [2], {"a": 1}, 1.5):
    print(f(p))
for source in ("match 1:\n case int(1, 2): pass", "match Point(1,2):\n case Point(1, 2, 3): pass", "match 1:\n case object(1): pass",
               "match Point(1, 2):\n case Point(1, x=1): pass", "match 1:\n case source(): pass"):
    try:
        exec(source)
        print("no error")
    except TypeError as e:
        print(e)
