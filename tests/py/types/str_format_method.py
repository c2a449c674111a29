"""str.format and format_map: fields, conversions, nesting, errors."""


class P:
    x = 5

    def __getitem__(self, k):
        return f"item {k}"


print("{} {} {}".format(1, "a", 2.5), "{1}{0}{1}".format("a", "b"), "{a}{b[k]}{b[0]}{c.x}".format(a=1, b={"k": 2, 0: 3} if False else P(), c=P()))
print("{!r} {!s} {!a}".format("é", "é", "é"), "{:>{}}|{:{w}.{p}f}".format("x", 4, 3.14159, w=8, p=2), "{{}} {0}".format(1))
print("{:,} {:_} {:+d} {: d} {:#x} {:08.3f} {:%} {:e} {:g} {:c} {:b}".format(1234567, 1234567, 5, 5, 255, 3.14159, 0.25, 12345.678, 0.0001, 65, 10))
print("{a}".format_map({"a": 1}), "{0[a]} {0[1]}".format({"a": 1, 1: 2}) if False else "{0[a]}".format({"a": 1}))
for call in (lambda: "{}{}".format(1), lambda: "{0}{}".format(1), lambda: "{x}".format(), lambda: "{".format(), lambda: "}".format(), lambda: "{!q}".format(1), lambda: "{:d}".format("a"), lambda: "{0.y}".format(P()), lambda: "{a".format(a=1), lambda: "{!r".format(1), lambda: "{:{}}".format(1)):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
