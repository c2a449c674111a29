"""decimal: arithmetic, contexts, rounding, special values."""
from decimal import Decimal as D, getcontext, localcontext, ROUND_HALF_EVEN, ROUND_UP, ROUND_DOWN, InvalidOperation, DivisionByZero, Inexact

print(D("0.1") + D("0.2"), D(1) / D(3), D("1.20") * 3, D(10) // 3, D(-10) % 3, D(2) ** 10, D(2).sqrt(), D("1e3"), D("1E+3").normalize(), D(5).quantize(D("0.01")), D("2.675").quantize(D("0.01"), ROUND_UP), round(D("2.5")), round(D("1.125"), 2), D("NaN"), D("-Infinity"), D("sNaN").is_snan(), repr(D("1.0")), D(1.1), D((1, (1, 2), -1)))
with localcontext() as c:
    c.prec = 5
    print(D(1) / 7, +D("123456789"))
print(D("3.14").as_tuple(), D("3.14").as_integer_ratio(), int(D("-3.9")), float(D("0.5")), D("1.0") == 1, D("0.5") == 0.5, D(1) < 2.5, hash(D(1)) == 1, f"{D('1234.5'):,.2f}", f"{D('0.5'):%}", D("1e-10"), D("0.0000001"), D(100).log10(), D(1).exp(), max(D(1), D(2)), D("1.5").to_integral_value(), D(7).compare(D(8)), D("12.3").scaleb(2), D("-0"), abs(D(-1)))
for call in (lambda: D(1) / 0, lambda: D(0) / 0, lambda: D("x"), lambda: D(-1).sqrt(), lambda: D(1) + 1.5, lambda: D("NaN") < 1, lambda: D("1e999999") * D("1e999999"), lambda: int(D("NaN"))):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, str(e)[:70])
print(getcontext().prec, getcontext().rounding)
