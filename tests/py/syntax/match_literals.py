"""match: literals, captures, wildcard, or-patterns, guards, values."""
import enum


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def f(x):
    match x:
        case 0:
            return "zero"
        case -1 | 1:
            return "one"
        case 1.5:
            return "float"
        case 2 + 3j:
            return "complex"
        case "a" "b":
            return "str"
        case b"c":
            return "bytes"
        case None:
            return "none"
        case True:
            return "true"
        case Color.RED:
            return "red"
        case int() as n if n > 100:
            return f"big {n}"
        case str(s) | bytes(s):
            return f"text {s}"
        case other:
            return f"other {other}"


for x in (0, 1, -1, 1.5, 2 + 3j, "ab", b"c", None, True, False, Color.RED, Color.BLUE, 500, 50, "z", b"q", []):
    print(repr(x), f(x))
match 5, 6:
    case (a, b) if a > b:
        print("no")
    case a, b:
        print(a, b)
match "x":
    case "y":
        pass
print("after")
