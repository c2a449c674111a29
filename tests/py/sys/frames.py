"""sys._getframe and frame attributes; f_locals."""
import sys


def f(a, b=2):
    c = 3
    frame = sys._getframe()
    caller = sys._getframe(1)
    return frame.f_code.co_name, sorted(frame.f_locals), frame.f_lineno, caller.f_code.co_name, frame.f_back is caller, frame.f_globals is globals(), frame.f_builtins["len"] is len


def g():
    return f(1)


print(g())


def write_through():
    x = 1
    sys._getframe().f_locals["x"] = 42
    sys._getframe().f_locals["new"] = 5
    return x, sys._getframe().f_locals["new"]


print(write_through())


def snapshot():
    x = 1
    d = locals()
    x = 2
    return d["x"], locals()["x"], locals() is locals()


print(snapshot(), sys._getframe().f_locals is globals() or locals() is globals())


class C:
    y = 1
    z = sorted(k for k in locals() if not k.startswith("__"))


print(C.z, sys._getframemodulename(0))
