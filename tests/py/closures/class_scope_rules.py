"""Class bodies: names of the enclosing function, class variables are no closure, __class__, conditional names."""


def f(x):
    class C:
        x = "class x"
        b = x

        def m(self):
            return x

        def n(self, k=x):
            return k

        c = [x for _ in range(1)]

    return C


C = f("outer x")
print(C.b, C().m(), C().n(), C.c) if hasattr(C, "b") else None


def g():
    v = 1

    class D:
        nonlocal v
        v = 2
        w = v

    return v, D.w


print(g())


class E:
    for i in range(3):
        pass
    if True:
        flag = 1
    try:
        t = 1 / 0
    except ZeroDivisionError:
        t = "handled"
    print("in class", sorted(k for k in locals() if not k.startswith("_")))

    def helper(n):
        return n * 2

    value = helper(21)


print(E.i, E.flag, E.t, E.value, E.__qualname__)


class F:
    __slots__ = ()
    __doc__ = "made"
    locals()["z"] = 5


print(F.z, F.__doc__)


def h():
    class G:
        y = y if "y" in dir() else "no y"
    return G.y


print(h())
