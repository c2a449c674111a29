"""enum: members, values, auto, flags, aliases, iteration, lookup."""
from enum import Enum, IntEnum, Flag, IntFlag, StrEnum, auto, unique


class Color(Enum):
    RED = 1
    GREEN = auto()
    CRIMSON = 1

    def describe(self):
        return f"{self.name}={self.value}"


print(Color.RED, repr(Color.GREEN), Color(2), Color["RED"], Color.CRIMSON is Color.RED, list(Color), Color.RED.describe())
print(Color.RED in Color, len(Color), Color.__members__.keys())
for call in (lambda: Color(5), lambda: Color["X"], lambda: setattr(Color, "RED", 3), lambda: type("Sub", (Color,), {})):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)


class N(IntEnum):
    A = 1
    B = 2


print(N.A < N.B, N.A + 1, f"{N.A}", N(2), repr(N.B))


class P(Flag):
    R = auto()
    W = auto()
    X = auto()


print(P.R | P.W, P.R in (P.R | P.W), (P.R | P.W) & P.W, ~P.R, P(0), list(P.R | P.X), bool(P.R & P.W))


class S(StrEnum):
    ONE = auto()
    TWO = "2"


print(S.ONE, S.TWO == "2", S("one"))


class I(IntFlag):
    A = 1
    B = 4


print(I.A | 8, I(5), int(I.A | I.B))
try:
    @unique
    class U(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)
F = Enum("F", "x y z")
print(list(F))
