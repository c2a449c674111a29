"""global at module level and in class bodies; names set through globals()."""
global g
g = 1
print(g)


class C:
    global from_class
    from_class = 5
    own = 6


print(from_class, hasattr(C, "from_class"), C.own)
globals()["made"] = 7
print(made)


def f():
    locals()["x"] = 1
    return "x" in globals()


print(f())
