"""Chained comparison evaluates each operand once and stops early."""


def v(x):
    print("v", x, end="; ")
    return x


print(v(1) < v(2) < v(3))
print(v(3) < v(2) < v(1))
print(v(1) == v(1) != v(2) in [2])
print(1 < 2 > len('a') == True is not None not in [3])


class C:
    def __init__(self, r):
        self.r = r

    def __lt__(self, other):
        return self.r

    def __eq__(self, other):
        return "equal"

    __hash__ = None


print(C("yes") < C(0), C("") < 1 < 2, repr(C("") < 1), C(0) == 3, C(0) != 3)
print(C([]) > C("x"))
try:
    1 < "a"
except TypeError as e:
    print(e)
try:
    [] >= {}
except TypeError as e:
    print(e)
try:
    hash(C(1))
except TypeError as e:
    print(e)
