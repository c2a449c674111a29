"""Exception groups: nesting, split by predicate, subclasses, notes, derive."""


class G(ExceptionGroup):
    def derive(self, excs):
        return G(self.message + "*", excs)


g = G("top", [ValueError(1), G("mid", [TypeError(2), ValueError(3)]), OSError(4)])
g.add_note("n")
a, b = g.split(ValueError)
print(repr(a), repr(b), a.__notes__)
print(repr(g.subgroup((TypeError, OSError))), g.subgroup(KeyError), g.split(lambda e: isinstance(e, ExceptionGroup))[1])
try:
    try:
        raise g
    except* TypeError as e:
        print(repr(e))
        raise
    except* ValueError:
        pass
except BaseException as e:
    print(repr(e))
try:
    try:
        raise ExceptionGroup("a", [ValueError(1), KeyError(2)])
    except* ValueError:
        raise TypeError("t")
    except* KeyError as e:
        raise OSError("o") from e
except ExceptionGroup as e:
    print(repr(e), [repr(x.__cause__) for x in e.exceptions])


def f():
    for i in range(2):
        try:
            raise ExceptionGroup("e", [ValueError(i)])
        except* ValueError as e:
            x = e.exceptions[0].args[0]
    return x


print(f())
try:
    try:
        raise ExceptionGroup("x", [ValueError()])
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
print(g.exceptions[1].message, g.message, str(g), isinstance(g, Exception), BaseExceptionGroup("b", [SystemExit()]).exceptions)
