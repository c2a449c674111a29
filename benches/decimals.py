"""decimal and fractions: telling the digits of series, money arithmetic."""

from decimal import Decimal, ROUND_HALF_UP, getcontext, localcontext
from fractions import Fraction


def pi():
    with localcontext() as context:
        context.prec = 45
        three = Decimal(3)
        last, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
        while s != last:
            last = s
            n, na = n + na, na + 8
            d, da = d + da, da + 32
            t = (t * n) / d
            s += t
        return +s


def money(n):
    total = Decimal("0.00")
    rate = Decimal("0.0825")
    cent = Decimal("0.01")
    for i in range(n):
        price = Decimal(i) / 100
        total += (price * (1 + rate)).quantize(cent, ROUND_HALF_UP)
    return total


def main():
    getcontext().prec = 28
    for _ in range(100):
        value = pi()
    harmonic = sum((Fraction(1, i) for i in range(1, 220)), Fraction(0))
    print(value, money(20_000), harmonic.numerator % 1_000_007, Decimal(2).sqrt())


main()
