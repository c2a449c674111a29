"""dataclasses: defaults, order, frozen, slots, inheritance, __post_init__, InitVar, kw_only."""
from dataclasses import dataclass, field, InitVar, fields, asdict, astuple, replace, FrozenInstanceError, KW_ONLY


@dataclass(order=True)
class A:
    x: int
    y: list = field(default_factory=list, compare=False)
    z: str = field(default="z", repr=False)


print(A(1), A(1) == A(1, [2]), A(1) < A(2), sorted([A(3), A(1)]))


@dataclass(frozen=True)
class F:
    a: int


try:
    F(1).a = 2
except FrozenInstanceError as e:
    print(e)
print(hash(F(1)) == hash(F(1)), {F(1): 2}[F(1)])


@dataclass
class Base:
    b: int
    scale: InitVar[int] = 2
    total: int = field(init=False)

    def __post_init__(self, scale):
        self.total = self.b * scale


@dataclass
class Child(Base):
    c: str = "c"
    _: KW_ONLY
    k: int = 0


print(Base(3), Base(3, 5), Child(1, c="q", k=3), [f.name for f in fields(Child)])
print(asdict(A(1, [2])), astuple(Child(2)), replace(F(1), a=5))


@dataclass(slots=True, eq=False)
class S:
    v: int = 1


print(S.__slots__, S() == S(), hasattr(S(), "__dict__"))
for make in (lambda: A(), lambda: Child(1, 2, 3, 4)):
    try:
        make()
    except TypeError as e:
        print(e)
try:
    @dataclass
    class Bad:
        a: list = []
except ValueError as e:
    print(e)
try:
    @dataclass
    class Bad2:
        a: int = 1
        b: int
except TypeError as e:
    print(e)
