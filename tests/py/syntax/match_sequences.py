"""match: sequence patterns with stars; what counts as a sequence."""
from collections import deque
import array


def f(x):
    match x:
        case []:
            return "empty"
        case [one]:
            return f"one {one}"
        case [1, 2, *rest]:
            return f"12 {rest}"
        case (a, *_, "end"):
            return f"end {a}"
        case [[x, y], z]:
            return f"nested {x} {y} {z}"
        case [*init, last]:
            return f"{init} {last}"
        case _:
            return "no"


for x in ([], (), [1], (1, 2), [1, 2, 3, 4], ["s", 5, "end"], [(1, 2), 3], range(3), "ab", b"ab", bytearray(b"ab"),
          deque([1, 2, 5]), array.array("i", [7]), {1: 2}, {1, 2}, iter([1]), memoryview(b"a"), 5):
    print(type(x).__name__, f(x))


class Seq:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        if i > 1:
            raise IndexError
        return i


print(f(Seq()))
import collections.abc
collections.abc.Sequence.register(Seq)
print(f(Seq()))
