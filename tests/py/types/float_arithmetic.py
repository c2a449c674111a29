"""Floats: text, rounding, division, special values, hex, comparison."""
import math

inf, nan = float("inf"), float("nan")
print(0.1 + 0.2, 1 / 3, 1e16, 1e15, 123456789.123456789, 1e-5, 0.0001, 1e22, 5e-324, 1.7976931348623157e308, -0.0, 100.0, 1e100)
print(inf, -inf, nan, inf - inf, inf * 0, nan == nan, nan != nan, [nan] == [nan], nan in [nan], inf > 10 ** 400)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-7.5, 2), 0.0 // 1, -0.0 % 5, 5 % inf, -5 % inf)
print(2.0 ** 0.5, (-8.0) ** 2, (-8) ** (1 / 3), 0.0 ** 0, inf ** 0, 2.0 ** -1074)
for call in (lambda: 1.0 / 0, lambda: 10.0 ** 400, lambda: int(nan), lambda: int(inf), lambda: 0.0 ** -1, lambda: math.sqrt(-1), lambda: round(inf)):
    try:
        print(call())
    except (ArithmeticError, ValueError) as e:
        print(type(e).__name__)
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1e20), round(1234.5678, -2), round(0.5), round(1.15, 1), round(5e15 + 0.5), round(1.5, 400), round(1.5, -400))
print((0.5).hex(), (-1.1).hex(), float.fromhex("0x1.8p3"), float.fromhex("-inf"), (1e-310).hex())
print((0.75).as_integer_ratio(), (3.0).is_integer(), (3.5).is_integer(), float("  1_0.5e1 "), float("-Infinity"), float("nan"))
print(repr(float("1e23")), 9007199254740993.0, 0.1.hex(), 1.0.__repr__(), str(1e5), 1e5 .__format__("g"))
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), math.fmod(-7, 3), math.remainder(7, 4), math.copysign(1, -0.0), math.ldexp(0.5, 3), math.frexp(10.0), math.modf(-1.25))
print(math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), math.hypot(3, 4), math.dist((0, 0), (3, 4)), math.nextafter(1, 2), math.ulp(1.0), math.prod([1, 2, 3.5]), math.cbrt(27))
print(hash(0.0) == hash(-0.0), hash(1.5), hash(inf), float.__eq__(1.0, 1), (1.5).__lt__("a"), max(1, 1.0), min(0.0, -0.0))
