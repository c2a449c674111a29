"""Shifts and bit operations on large and negative numbers."""
a, b = 0xDEADBEEFCAFEBABE1234, -0x123456789ABCDEF0123
print(a & b, a | b, a ^ b, ~a, ~b, a << 13, b << 13, a >> 13, b >> 13, a >> 200, b >> 200, a & -1, b & 0xFF, -1 >> 100, 1 << 0, 0 << 10 ** 9, (-1) ^ a, a.bit_length(), b.bit_length(), b.bit_count())
x = 0
for i in range(0, 200, 7):
    x |= 1 << i
print(x, bin(x).count("1"), x & (x - 1), x & -x)
for bad in (lambda: 1 << -1, lambda: 1 >> -5, lambda: 1.5 << 1, lambda: "a" & 1, lambda: ~"a"):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
