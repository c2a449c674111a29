"""One operation in one place over changing operand types."""


def add(a, b):
    return a + b


def less(a, b):
    return a < b


def index(a, b):
    return a[b]


class V:
    def __add__(self, o):
        return "V+"

    def __radd__(self, o):
        return "+V"

    def __lt__(self, o):
        return "V<"

    def __getitem__(self, i):
        return ("V[]", i)


pairs = [(1, 2), (1.5, 2), (1, 2.5), ("a", "b"), ([1], [2]), ((1,), (2,)), (V(), 1), (1, V()), (2 ** 60, 2 ** 60), (2 ** 47 - 1, 1), (True, 1), (b"a", b"b"), (1, "a"), (1j, 1)]
for _ in range(3):
    for a, b in pairs:
        out = []
        for f in (add, less):
            try:
                out.append(f(a, b))
            except TypeError:
                out.append("TypeError")
        print(out, end=" ")
    print()
for a, b in [([1, 2], 1), ((1, 2), -1), ("abc", 1), ({1: "d"}, 1), (V(), 1), (b"ab", 0), ([1, 2], True), (range(5), 2), ([1], slice(0, 1)), ([1], 5), ({}, 1), (5, 1)]:
    for _ in range(3):
        try:
            r = index(a, b)
        except Exception as e:
            r = type(e).__name__
    print(r, end=" ")
print()
