"""and, or, not, conditional expressions: which operand is the value, what is evaluated."""


def v(name, value):
    print(name, end=" ")
    return value


print(v("a", 0) and v("b", 1))
print(v("a", []) or v("b", "x"))
print(v("a", 1) and v("b", "") or v("c", None))
print(not v("a", ""), not 1)
print("t" if v("c", 1) else "f")
print(1 if 0 else 2 if 0 else 3)


class Weird:
    def __bool__(self):
        print("bool", end=" ")
        return False


w = Weird()
print((w or 5), (w and 5) is w, not w)
if w or w:
    print("no")
else:
    print("else")


class Bad:
    def __bool__(self):
        return 3


class Long:
    def __len__(self):
        return -1


for c in (Bad, Long):
    try:
        bool(c())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
