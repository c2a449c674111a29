"""traceback.format_exception for several shapes."""
import traceback


def show(e):
    print("".join(traceback.format_exception(e)).replace(__file__, "FILE"))


def a():
    b()


def b():
    x = {"k": [1, 2]}
    return x["k"][5]


try:
    a()
except IndexError as e:
    show(e)
try:
    try:
        a()
    except IndexError as e:
        raise KeyError("outer") from e
except KeyError as e:
    show(e)
try:
    try:
        int("x")
    except ValueError:
        (1).missing
except AttributeError as e:
    show(e)
    print(traceback.format_exception_only(e), traceback.format_tb(e.__traceback__)[0].count("\n"))


class MultiLine(Exception):
    def __str__(self):
        return "line one\nline two"


class BadStr(Exception):
    def __str__(self):
        raise ValueError


for kind in (MultiLine, BadStr):
    print(traceback.format_exception_only(kind()))
#: frozen no
