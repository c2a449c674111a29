"""getattr, setattr, hasattr, delattr, vars, dir."""


class C:
    a = 1

    @property
    def boom(self):
        raise ValueError("boom")

    @property
    def miss(self):
        raise AttributeError("miss")


c = C()
print(getattr(c, "a"), getattr(c, "z", None), hasattr(c, "miss"), getattr(c, "miss", "dflt"), hasattr(C, "boom"))
for bad in (lambda: hasattr(c, "boom"), lambda: getattr(c, "miss"), lambda: getattr(c, "zz"), lambda: getattr(c, 1), lambda: delattr(c, "a"), lambda: vars(1), lambda: setattr(c, "boom", 1), lambda: getattr(c, "a", 1, 2)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
setattr(c, "with space", 5)
print(vars(c), getattr(c, "with space"), "a" in dir(c), "__dict__" in dir(c), dir(5)[-3:], dir()[-3:])
