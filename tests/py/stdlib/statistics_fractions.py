"""statistics and fractions."""
from fractions import Fraction as F
import statistics as s

print(s.mean([1, 2, 3, 4]), s.median([3, 1, 2]), s.median([1, 2, 3, 4]), s.mode("aab"), s.stdev([1, 2, 3, 4]), s.variance([1, 5]), s.pstdev([1, 3]), s.quantiles(range(10)), s.fmean([1.5, 2.5]), s.harmonic_mean([40, 60]), s.multimode("aabb"), s.geometric_mean([2, 8]), s.correlation([1, 2, 3], [2, 4, 7]))
print(F(3, -6), F("0.125"), F("3/9"), F(1.5), F(1, 3) + F(1, 6), F(1, 3) * 3, F(7, 2) // 1, F(-7, 2) % 2, F(1, 2) ** 3, F(1, 2) ** -2, float(F(1, 3)), round(F(7, 3), 2), F(1, 2) == 0.5, F(1, 2) < 1, F(22, 7).limit_denominator(5), repr(F(1, 2)), F(5, 2).__floor__(), abs(F(-1, 2)), f"{F(1, 3):.3f}")
for call in (lambda: F(1, 0), lambda: F("x"), lambda: s.mean([]), lambda: F(1.5, 2), lambda: s.stdev([1])):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
