"""Class bodies run as code: loops, conditions, del, nested classes, names from outside."""
flag = True


class C:
    if flag:
        kind = "flagged"
    for i in range(3):
        locals()[f"m{i}"] = i
    del i
    names = [n for n in ("a", "b")]
    total = sum(x for x in (1, 2))

    class Inner:
        value = flag

    def __init_subclass__(cls):
        cls.made = True

    print("running", __name__, __qualname__)


print(C.kind, C.m2, hasattr(C, "i"), C.names, C.total, C.Inner.value)


class D(C):
    kind = C.kind + "!"


print(D.made, D.kind)


def factory(n):
    class Made:
        size = n

        def get(self):
            return n, self.size, __class__.__name__
    return Made


print(factory(3)().get(), factory(1) is factory(1), factory(2).__qualname__)
