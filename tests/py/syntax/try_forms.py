"""try in all its forms, return in finally, nested, the bound name is deleted."""


def run(kind):
    try:
        if kind == 1:
            raise ValueError("v")
        if kind == 2:
            raise KeyError("k")
        if kind == 3:
            raise OSError(2, "no such thing")
    except ValueError as e:
        print("value", e)
        return "except"
    except (KeyError, IndexError) as e:
        print("lookup", repr(e))
    else:
        print("else")
        return "else"
    finally:
        print("finally")
    return "end"


for k in range(3):
    print(run(k))
try:
    run(3)
except OSError as e:
    print(e, e.errno, e.strerror)
try:
    raise RuntimeError
except RuntimeError as err:
    pass
try:
    err
except NameError as e:
    print(e)


def finally_wins():
    for i in range(2):
        try:
            return i
        finally:
            print("in finally")


print(finally_wins())


def nested():
    try:
        try:
            1 / 0
        finally:
            print("inner")
    except ZeroDivisionError as e:
        print("outer", e)
        try:
            raise TypeError("second")
        except TypeError as f:
            print(repr(f.__context__))


nested()
try:
    raise Exception("a", 1)
except Exception as e:
    print(e, e.args, repr(e))
