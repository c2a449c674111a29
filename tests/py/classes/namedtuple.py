"""collections.namedtuple and typing.NamedTuple."""
from collections import namedtuple
from typing import NamedTuple

P = namedtuple("P", "x y", defaults=[5])
p = P(1)
print(p, p.x, p[1], p._asdict(), p._replace(x=9), P._fields, P._make([7, 8]), P._field_defaults)
x, y = p
print(x, y, p == (1, 5), hash(p) == hash((1, 5)), p + (3,))
for call in (lambda: P(), lambda: P(1, 2, 3), lambda: p._replace(z=1), lambda: namedtuple("B", "1a"), lambda: namedtuple("B", "a a"), lambda: setattr(p, "x", 2)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)


class E(NamedTuple):
    name: str
    id: int = 3

    def show(self):
        return self.name * self.id


print(E("a"), E("b", 2).show(), E.__annotations__, namedtuple("R", "class def x", rename=True)._fields)
