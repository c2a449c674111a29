"""The format mini-language for integers and floats."""
for spec in ("", "d", "5d", "<5d", "^5d", ">5d", "05d", "+d", " d", "-d", ",", "_", "x", "#X", "o", "#o", "b", "#010b", "c", "n", "e", "f", ".1f", "g", "%", "*^9d", "=+8d", "0=8d", "_b", "_x"):
    print(repr(spec), [format(v, spec) for v in (65, 1234567)] if "c" not in spec else format(65, spec), end=" ")
    try:
        print(format(-42, spec))
    except Exception as e:
        print(type(e).__name__)
for spec in ("", ".0f", ".1f", ".3f", "#.0f", "e", ".2e", "E", "g", ".3g", "G", "#g", "%", ".1%", "10.2f", "<10.2f|", "010.2f", "+.1f", ",.2f", "_.2f", "n", ".10", "z.1f", "F"):
    try:
        print(repr(spec), [format(v, spec) for v in (3.14159, -0.04, 1234567.891, 1e-7, 1e20, float("inf"), float("nan"), 0.0)])
    except ValueError as e:
        print(repr(spec), e)
for value, spec in ((1, "s"), (1, ".2d"), (1.5, "x"), (1, ",x"), (1, ",_"), ("a", ","), ("a", "=5"), ("a", "+"), (1, "5q"), (1.0, "d"), (1, "cc"), (300000000, "c"), (1, "+c")):
    try:
        print(format(value, spec))
    except (ValueError, OverflowError) as e:
        print(repr(spec), type(e).__name__, e)
print([format("abc", s) for s in ("", "s", "5", ">5", "^7", "*<6", ".2", "5.1s", "05")], format([], ""), format(None, ""))
try:
    format([], "5")
except TypeError as e:
    print(e)
