"""Augmented assignment on every kind of target, in-place methods, fall back to the plain operator."""
x = 5
x += 1; x -= 2; x *= 3; x //= 2; x **= 2; x %= 7; x <<= 3; x >>= 1; x |= 8; x &= 13; x ^= 3
print(x)
x /= 4
print(x)


class Acc:
    def __init__(self):
        self.log = []

    def __iadd__(self, other):
        self.log.append(("iadd", other))
        return self

    def __sub__(self, other):
        return ("sub", other)

    def __imul__(self, other):
        return NotImplemented

    def __mul__(self, other):
        return "mul"

    def __imatmul__(self, other):
        return "imatmul"


a = b = Acc()
a += 1
print(a is b, a.log)
a -= 3
print(a)
c = Acc()
c *= 2
print(c)
m = Acc()
m @= 1
print(m)
lst = [[1], [2]]
lst[0] += [5]
print(lst)
t = ([],)
try:
    t[0] += [1]
except TypeError as e:
    print(e, t)


def index():
    print("once")
    return 1


lst[index()] *= 2
print(lst)
try:
    x += "a"
except TypeError as e:
    print(e)
try:
    undefined += 1
except NameError as e:
    print(e)
