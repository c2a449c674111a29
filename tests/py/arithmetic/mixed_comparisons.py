"""Comparisons between numbers of different types are exact."""
from decimal import Decimal
from fractions import Fraction

print(2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53, 2 ** 53 + 1 > 2.0 ** 53, 10 ** 308 < 1e308, 10 ** 309 > 1.7e308, -10 ** 400 < float("-inf"), 1 < float("nan"), 5 == 5 + 0j, 0.1 == Fraction(1, 10), Fraction(1, 2) == 0.5, Decimal("0.1") == 0.1, Decimal("0.5") < 0.75, True == 1.0, 0 == -0.0, 1e16 == 10 ** 16, 1e17 + 1 == 10 ** 17 + 1)
print(sorted([2, 1.5, Fraction(7, 4), True, Decimal("1.6")]), max(1, 1.0, True), min(1.0, 1), 3 in [3.0], [1, 2.0] == [1.0, 2], {1: "a"}[1.0])
