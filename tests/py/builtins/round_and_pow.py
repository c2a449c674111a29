"""round and pow with and without their optional arguments."""


class R:
    def __round__(self, n="none"):
        return n


print(round(2.5), round(-1.5), round(1.25, 1), round(1234.5, -2), round(5, 2), round(55, -1), round(R()), round(R(), 3), round(True), type(round(2.0)).__name__, type(round(2.0, 0)).__name__, round(1e300, 5), round(0.1, 20), round(-0.4))
print(pow(2, 10), pow(2, 0.5), pow(2, -1), pow(5, 3, 7), pow(3, -2, 11), pow(0, 0), pow(-2, 2), pow(2.0, 3), pow(1j, 2), pow(10, 20, 1))
for bad in (lambda: pow(2, 3.0, 5), lambda: pow(2, -1, 4), lambda: pow("a", 2), lambda: round("a"), lambda: round(1.5, "a"), lambda: pow(2, 2, 0), lambda: round()):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
