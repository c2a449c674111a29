# In place, a sequence on the right repeats itself only where what is on the left has nothing of a sequence.


class Plain:
    pass


for left in [3, True, {}, set(), {}.keys(), range(3), 'ab', b'x', Plain(), None, 2.5, (1,), frozenset(), print, 1j]:
    for right in [[1, 2], (3,), 'x', 2]:
        name = type(left).__name__
        x = left
        try:
            x *= right
            print(name, '*=', right, x)
        except TypeError as e:
            print(name, '*=', right, e)
        try:
            print(name, '*', right, left * right)
        except TypeError as e:
            print(name, '*', right, e)
