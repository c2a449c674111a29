"""Reflected operators of subclasses and of mixed built-in types."""


class I(int):
    def __add__(self, o):
        return "I.add"

    def __radd__(self, o):
        return "I.radd"


class F(float):
    def __rmul__(self, o):
        return "F.rmul"


print(1 + I(2), I(1) + 2, 2 * F(1.0), F(1.0) * 2, I(3) * 2, type(I(3) * 2).__name__, -I(5), type(-I(5)).__name__, I(5) == 5, hash(I(5)) == hash(5), I(5) // 2)
print("ab" * I(2), [1] * I(2), [10, 20, 30][I(1)], range(I(3)), "%d" % I(7), f"{I(8):>3}", int(I(9)), bool(I(0)), I.from_bytes(b"\1", "big"), type(I.from_bytes(b"\1", "big")).__name__)


class S(str):
    pass


class L(list):
    def __add__(self, o):
        return "L.add"


print(type(S("a") + "b").__name__, type(S("ab")[0]).__name__, S("a") == "a", {S("k"): 1}["k"], L([1]) + [2], [1] + L([2]), type(L([1])[:]).__name__, sorted(L([2, 1])), "x".join([S("a"), "b"]), isinstance(S("q"), str), S("x").upper().__class__.__name__, str(S("y")).__class__.__name__)
