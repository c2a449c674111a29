"""Integers: division, modulo, powers, shifts, bit operations, signs."""
for a in (7, -7):
    for b in (3, -3):
        print(a, b, a // b, a % b, divmod(a, b), a / b)
print(2 ** 10, 2 ** -2, (-2) ** 3, 0 ** 0, pow(3, 4, 5), pow(3, -1, 7), pow(-3, 3, 5), pow(2, 5, -3))
print(1 << 70, (1 << 70) >> 68, -1 >> 5, -5 >> 1, 5 & -2, 5 | -8, 5 ^ -1, ~0)
print(10 ** 20 // 7, -10 ** 20 // 7, 10 ** 20 % -7, 10 ** 40 // 10 ** 20, divmod(-10 ** 30, 10 ** 15 + 1))
m = 2 ** 63
print(m - 1, m, -m, m * m, m + m - m - m, (m - 1) + 1, -m - 1, m // -1)
for edge in (2 ** 31, 2 ** 47, 2 ** 48, 2 ** 53, 2 ** 62):
    print(edge - 1 + 1 == edge, edge * 2 // 2 == edge, -edge - 1, (edge - 1) * (edge + 1), edge ^ -edge)
print(True + True, True * 3, -True, ~True.__int__(), isinstance(True, int), True & False, True | 2)
print(round(15, -1), round(25, -1), round(-15, -1), round(1234, -2), round(5), round(149, -2))
print(int(3.99), int(-3.99), int("0x1f", 16), int("0b11", 0), int(" 12_3 "), int("-0o17", 8), int(b"12"), int("٣"), int("z", 36))
print(5 .bit_length(), (-256).bit_length(), (255).bit_count(), (10).to_bytes(3, "big"), (-2).to_bytes(2, "little", signed=True), int.from_bytes(b"\xff\x00", "little"), int.from_bytes([255], signed=True))
print((6).as_integer_ratio(), (5).conjugate(), (5).numerator, (5).is_integer(), int.__floordiv__(7, 2), (7).__rsub__(10), (1).__add__(1.5))
print(hash(10 ** 30), 5 == 5.0, 2 ** 53 + 1 == float(2 ** 53), 10 ** 400 > 1e308, 10 ** 400 > float("inf"), 3 < 3.5)
