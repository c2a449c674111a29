"""Large integers: multiplication, division, text in all bases, square roots, gcd, comparison with floats."""
import math
import sys

f = math.factorial(60)
print(f, hex(f), oct(f)[:20], bin(f)[:20], len(str(math.factorial(500))))
a, b = 3 ** 200, 7 ** 100
print(a * b, a // b, a % b, a - b, a & b, a | b, a ^ b, ~a, -a >> 100, a << 3)
print(math.gcd(a * 6, b * 4), math.lcm(12, 18, 8), math.isqrt(10 ** 41), math.comb(100, 50), math.perm(20, 10))
print(int(str(a)) == a, int(hex(a), 16) == a, int(oct(b), 8) == b, int(bin(b), 2) == b)
print(float(2 ** 60 + 1), float(10 ** 22), int(1e22), int(1e300) == 10 ** 300, a / b, (10 ** 400) / (10 ** 399))
for call in (lambda: float(10 ** 400), lambda: 10 ** 400 / 3, lambda: 1 << 10 ** 30, lambda: 10 ** 400 * 1.0):
    try:
        call()
    except (OverflowError, MemoryError) as e:
        print(type(e).__name__, e)
print(pow(a, b, 10 ** 9 + 7), pow(2, 1000, 1001), pow(a, -1, 10 ** 9 + 7))
print(a.bit_length(), a.bit_count(), a.to_bytes(40, "big").hex(), int.from_bytes(a.to_bytes(40, "little"), "little") == a)
print(sys.get_int_max_str_digits(), sys.int_info.default_max_str_digits)
try:
    str(10 ** 5000)
except ValueError as e:
    print(e)
sys.set_int_max_str_digits(0)
print(len(str(10 ** 5000)))
print(f"{a:,}", f"{b:_x}", f"{a:.3e}", f"{a:>110d}", "%d" % b, "%x" % b)
print(math.log2(2 ** 1000), math.log10(10 ** 300), math.log(3 ** 500), round(a, -90), hash(a) == hash(a + 2 ** 61 - 1))
print(2 ** 64 == 18446744073709551616.0, 2 ** 64 + 1 == 18446744073709551616.0, 10 ** 25 < 1e25, 10 ** 25 == 1e25)
