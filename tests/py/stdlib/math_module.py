"""math: functions not covered elsewhere and their errors."""
import math

print(math.sin(1), math.cos(1), math.tan(1), math.atan2(1, -1), math.exp(1), math.expm1(1e-5), math.log(10), math.log(8, 2), math.log1p(1e-5), math.pow(2, 0.5), math.degrees(math.pi), math.radians(180), math.sinh(1), math.acosh(2), math.gamma(5), math.lgamma(10), math.erf(0.5), math.erfc(0.5), math.exp2(3))
print(math.factorial(20), math.gcd(), math.gcd(12, -18), math.lcm(), math.comb(5, 7), math.perm(5), math.isqrt(99), math.floor(2.7), math.ceil(2.1), math.floor(10 ** 30), math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1), math.sumprod([1, 2], [3, 4]), math.fma(2, 3, 4), math.pi, math.e, math.tau)
for call in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.log(-1), lambda: math.exp(1000), lambda: math.factorial(-1), lambda: math.factorial(1.5), lambda: math.acos(2), lambda: math.fmod(1, 0), lambda: math.gcd(1.5), lambda: math.isqrt(-1), lambda: math.sqrt("a"), lambda: math.floor(math.inf), lambda: math.ceil(math.nan), lambda: math.comb(-1, 2), lambda: math.pow(0, -1), lambda: math.gamma(-1), lambda: math.ldexp(1, 10 ** 10), lambda: math.dist([1], [1, 2]), lambda: math.log(10, 1)):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)


class F:
    def __float__(self):
        return 4.0

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"

    def __trunc__(self):
        return "trunc"


print(math.sqrt(F()), math.floor(F()), math.ceil(F()), math.trunc(F()))
