"""except*: splitting, nested groups, else and finally, what is raised again."""


def run(group):
    try:
        raise group
    except* ValueError as e:
        print("values", repr(e), e.exceptions)
    except* (TypeError, KeyError) as e:
        print("types", [repr(x) for x in e.exceptions])
    else:
        print("else")
    finally:
        print("finally")


run(ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("n", [ValueError(3), KeyError(4)])]))
run(ValueError("single"))
try:
    run(ExceptionGroup("g", [ValueError(1), OSError(5)]))
except ExceptionGroup as e:
    print("left", repr(e))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError:
        raise RuntimeError("from handler")
except RuntimeError as e:
    print(repr(e), repr(e.__context__))
try:
    try:
        raise KeyError("k")
    except* ValueError:
        pass
except KeyError as e:
    print("same", repr(e))
try:
    pass
except* Exception:
    print("no")
else:
    print("fine")
g = ExceptionGroup("m", [ValueError(1), TypeError(2)])
print(g.split(ValueError), g.subgroup(lambda e: isinstance(e, TypeError)), g.derive([OSError()]))
for args in ((1, []), ("m", []), ("m", [1]), ("m",), ("m", 5)):
    try:
        ExceptionGroup(*args)
    except Exception as e:
        print(type(e).__name__, e)
print(type(BaseExceptionGroup("b", [ValueError()])), type(BaseExceptionGroup("b", [KeyboardInterrupt()])))
