"""raise from, implicit context, suppression, cycles, notes."""


def chain(error):
    while error is not None:
        print(repr(error), "cause", repr(error.__cause__), "suppress", error.__suppress_context__)
        error = error.__context__


try:
    try:
        raise KeyError("a")
    except KeyError:
        raise ValueError("b")
except ValueError as e:
    chain(e)
try:
    try:
        raise KeyError("a")
    except KeyError as k:
        raise ValueError("b") from k
except ValueError as e:
    chain(e)
try:
    try:
        raise KeyError("a")
    except KeyError:
        raise ValueError("b") from None
except ValueError as e:
    chain(e)
try:
    raise ValueError from TypeError
except ValueError as e:
    chain(e)
for bad in ("raise 5", "raise ValueError from 5", "raise int", "raise"):
    try:
        exec(bad)
    except (TypeError, RuntimeError) as e:
        print(type(e).__name__, e)
try:
    try:
        raise ValueError("first")
    except ValueError as e:
        try:
            raise TypeError("second")
        except TypeError:
            raise e
except ValueError as e:
    chain(e)
e = ValueError("noted")
e.add_note("one")
e.add_note("two")
print(e.__notes__)
try:
    e.add_note(5)
except TypeError as t:
    print(t)
try:
    e.__cause__ = 5
except TypeError as t:
    print(t)
try:
    e.__traceback__ = 5
except TypeError as t:
    print(t)


class WithArgs(Exception):
    def __init__(self, a, b):
        self.a = a


w = WithArgs(1, 2)
print(w.args, str(w), repr(w))


def reraise():
    try:
        raise KeyError("x")
    except KeyError:
        raise


try:
    reraise()
except KeyError as k:
    print(repr(k), k.__context__)
