"""Traceback objects: tb_lineno, tb_next, frames, traceback module."""
import sys
import traceback


def f():
    raise ValueError("v")


def g():
    f()


try:
    g()
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_frame.f_lineno >= tb.tb_lineno)
        tb = tb.tb_next
    print(sys.exc_info()[0], sys.exc_info()[1] is e, sys.exception() is e)
    lines = traceback.format_exc().splitlines()
    print(lines[0], lines[-1])
    print(traceback.format_exception_only(e))
    print([(s.name, s.lineno, s.line) for s in traceback.extract_tb(e.__traceback__)])
    print(e.with_traceback(e.__traceback__.tb_next).__traceback__.tb_frame.f_code.co_name)
print(sys.exc_info(), sys.exception())
print(traceback.format_exception(KeyError("k")))
print(traceback.format_list([("f.py", 3, "name", "text")]))
