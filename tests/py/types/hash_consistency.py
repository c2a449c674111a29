"""Equal numbers hash equal; strings, tuples and frozensets are consistent; unhashable types."""
from fractions import Fraction
from decimal import Decimal

print(hash(1) == hash(1.0) == hash(1 + 0j) == hash(True) == hash(Fraction(1)) == hash(Decimal(1)))
print(hash(0.5) == hash(Fraction(1, 2)) == hash(Decimal("0.5")), hash(10 ** 30) == hash(Fraction(10 ** 30)) == hash(Decimal(10 ** 30)), hash(-2) == hash(-1))
print(hash(2 ** 61 - 1), hash(2 ** 61), hash(-(2 ** 61 - 1)), hash(1e300), hash(1 / 3), hash(1j), hash(3.14))
print(hash(()) == hash(tuple([])), hash((1, (2, 3))) == hash((1, (2, 3))), hash(frozenset("ab")) == hash(frozenset("ba")), hash("") == hash(b"") == 0)
for v in ([], {}, set(), bytearray(), slice):
    try:
        hash(v)
        print("ok")
    except TypeError as e:
        print(e)
