"""Integer, float and complex literals."""
print(0xff, 0o17, 0b101, 1_000_000, 0x_ff_ff, 0, 00, 0_0)
print(1.5, .5, 5., 1e3, 1E-3, 1_0.0_1e1_0, 0.1 + 0.2, 1e400, -1e400, 1e-400)
print(3j, 1.5J, 0j, 1e3j, 1 + 2j, -0j)
print(123456789012345678901234567890, 0xFFFFFFFFFFFFFFFFFFFF)
print(1 .real, 1..real, 1.0.imag, (5).bit_length())
print(-5 ** 2, 2 ** -1, -2 ** -2, 2 ** 3 ** 2, ~5, - -5, +5, not 5)
