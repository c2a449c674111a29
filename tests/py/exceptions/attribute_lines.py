# A chain of attributes over several lines: the error is on the line of the name that is looked up or called.
import sys
import traceback


class Chain:
    def step(self, last=False):
        if last:
            raise ValueError("last step")
        return self


def line_of(function):
    try:
        function()
    except (AttributeError, ValueError):
        entry = traceback.extract_tb(sys.exc_info()[2])[1]
        return entry.lineno - function.__code__.co_firstlineno, entry.line


def missing():
    return (
        Chain()
        .step()
        .nothing
        .step()
    )


def calling():
    return (
        Chain()
        .step()
        .step(True)
        .step()
    )


def storing():
    (
        Chain.__slots_of_nothing__ if False else object()
    ).value = (
        1
    )


def adding():
    Chain(
    ).count += 1


for function in (missing, calling, storing, adding):
    print(function.__name__, line_of(function))
