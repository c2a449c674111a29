"""Floor division and modulo of ints and floats with every sign; divmod; errors."""
vals = [7, -7, 7.5, -7.5, 0, 0.0]
for a in vals:
    for b in (2, -2, 2.5, -2.5, float("inf"), 10 ** 20):
        print(a, b, a // b, a % b, divmod(a, b), end="; ")
    print()
for b in (0, 0.0, False):
    for op in ("1 / b", "1 // b", "1 % b", "1.0 / b", "divmod(1, b)", "10 ** 30 // (b or 0)"):
        try:
            eval(op)
        except ZeroDivisionError:
            print(op, "ZeroDivisionError", end="; ")
print()
