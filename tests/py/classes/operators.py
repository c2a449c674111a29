"""Binary operators: reflected methods, NotImplemented, subclass priority, errors."""


class A:
    def __add__(self, o):
        return "A+" if isinstance(o, A) else NotImplemented

    def __radd__(self, o):
        return "r+A"

    def __rsub__(self, o):
        return NotImplemented

    def __matmul__(self, o):
        return "@"

    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __abs__(self):
        return "abs"

    def __divmod__(self, o):
        return "divmod"

    def __pow__(self, o, m=None):
        return ("pow", o, m)

    def __rpow__(self, o, m=None):
        return ("rpow", o, m)

    def __round__(self, n=None):
        return ("round", n)

    def __index__(self):
        return 3

    def __int__(self):
        return 7

    def __float__(self):
        return 2.5

    def __complex__(self):
        return 1j


class B(A):
    def __radd__(self, o):
        return "r+B"


a, b = A(), B()
print(a + a, 1 + a, a + b, b + a, a @ 1, -a, +a, ~a, abs(a), divmod(a, 1), a ** 2, 2 ** a, pow(a, 2, 5), round(a), round(a, 2))
print([0, 1, 2, 3, 4][a], int(a), float(a), complex(a), hex(a), range(a), "x" * a, bin(a), list(range(10))[a:])
for source in ("1 - a", "a - 1", "a * 2.5", "a < a", "a[0]", "a()", "len(a)", "a << 1", "[] + ()", "1 + 'a'", "'a' + 1", "-'a'", "~1.5", "{} | []", "1 @ 2", "None + 1", "'a' % 1", "3 // 0", "3 % 0", "3.0 / 0", "divmod(1, 0)", "0 ** -1", "for_ = 1 .x"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, "|", type(e).__name__, e)
