"""Variables of a frame that are set through `f_locals` while one of its instructions is reading them."""
import sys


class Setter:
    """Sets a variable of whoever uses it as an index."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __index__(self):
        sys._getframe(1).f_locals[self.name] = self.value
        seen.append(sys._getframe(1).f_locals[self.name])
        return 0

    def __eq__(self, other):
        return self.__index__() == 1

    def __add__(self, other):
        self.__index__()
        return 'sum'

    __radd__ = __add__


seen = []


def item_of_bytearray():
    x = bytearray(b'abc')
    x[Setter('x', 5)] = 1
    for _ in range(2):
        pass
    return x


def deletion():
    x = bytearray(b'abc')
    del x[Setter('x', [5])]
    for _ in range(2):
        pass
    return x


def value_read():
    x = [1, 2]
    y = x[Setter('x', 'other')]
    for _ in range(2):
        pass
    return y, x


def contained():
    x = [Setter('x', 7)]
    found = 2 in x
    for _ in range(2):
        pass
    return found, type(x)


def summed():
    x = Setter('x', 3)
    x = x + 1
    return x


def counted():
    x = bytearray(5)
    for i in range(3):
        if type(x) is bytearray:
            x[Setter('x', i)] = 0
    return x


def through_a_call():
    x = 1
    Setter('x', 2).__index__()
    return x


def own():
    x = 1
    p = sys._getframe().f_locals
    p['x'] = 2
    p['p'] = 3
    return x, p


def suspended():
    x = 1
    yield Setter('x', 8).__index__() or x


for f in item_of_bytearray, deletion, value_read, contained, summed, counted, through_a_call, own:
    print(f.__name__, f(), seen)
    seen.clear()
print(list(suspended()), seen)
