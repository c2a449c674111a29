"""Decimal: construction, conversion, comparison, hashing, formatting and pickling."""

import copy
import pickle
from decimal import *
from fractions import Fraction


def attempt(call):
    try:
        print(repr(call()))
    except Exception as error:
        print(type(error).__name__, error)


for value in ("1.5", " 2_000.50 ", "\u0661\u0662", "x", "1e", "", "-.5e-3", "nan123", "1E1000000000000000000", 10**40, -3,
              0.1, 1e300, float("-inf"), True, (0, (1, 2, 3), -2), (1, (), "F"), (0, (1,), "n"), [0, [7], 3],
              (2, (1,), 0), (0, (10,), 0), (0, (1,), "x"), b"1", None, 1j):
    attempt(lambda: Decimal(value))
for text in ("1.50", "-0", "Infinity", "1E+3", "123456789012345678901234567890.5", "-0.00001"):
    d = Decimal(text)
    print(d.as_tuple(), d.adjusted(), bool(d), d.is_signed(), hash(d) == hash(Decimal(text)))
    attempt(lambda: d.as_integer_ratio())
    attempt(lambda: int(d))
    attempt(lambda: float(d))
    attempt(lambda: round(d, 2))
    print(pickle.loads(pickle.dumps(d)) == d, copy.deepcopy(d) is d)
print(hash(Decimal("2.5")) == hash(2.5) == hash(Fraction(5, 2)), hash(Decimal(10**30)) == hash(10**30))
print(Decimal("0.5") == 0.5, Decimal("0.1") == 0.1, Decimal("0.25") == Fraction(1, 4), Decimal(3) < Fraction(10, 3))
attempt(lambda: Decimal("sNaN") == 1)
attempt(lambda: hash(Decimal("sNaN")))
for spec in ("", ".3f", "+.2e", "010.1f", ",", "_^20,.1f", "*<12g", "%", ".0%", "e", "z.1f", "=+12.2f", "G", "xx"):
    for text in ("1234.5678", "-0.04", "1E+9", "NaN"):
        try:
            print(repr(spec), text, repr(format(Decimal(text), spec)))
        except ValueError:
            print(repr(spec), text, "ValueError")
with localcontext(prec=4, rounding=ROUND_UP) as inner:
    print(Decimal(1) / 3, +Decimal("1.23456"), inner)
print(getcontext().prec, Decimal(2) ** -3, pow(Decimal(7), 100, 13), divmod(Decimal(-7), 3), -7 // Decimal(2))
with localcontext() as c:
    c.prec = 60
    print(Decimal(2).sqrt(), Decimal(1).exp(), Decimal(10).ln(), Decimal(2).log10(), Decimal(2) ** Decimal("0.3"), sep="\n")
attempt(lambda: Decimal(1) / 0)
attempt(lambda: Decimal(0) / 0)
attempt(lambda: setattr(getcontext(), "prec", 0))
attempt(lambda: Context(rounding="up"))
attempt(lambda: getcontext().flags[ValueError])
print(pickle.loads(pickle.dumps(Context(prec=5))), BasicContext, ExtendedContext, sep="\n")
print(isinstance(getcontext().flags, dict), len(getcontext().traps), issubclass(DivisionByZero, ZeroDivisionError))
