"""except with computed classes, tuples in tuples, wrong things."""


def which(error, kinds):
    try:
        raise error
    except kinds as e:
        return type(e).__name__


print(which(KeyError(), LookupError), which(ValueError(), (TypeError, (ValueError,)) if False else (TypeError, ValueError)))
for kinds in (5, (ValueError, "x"), [ValueError]):
    try:
        which(ValueError("v"), kinds)
    except TypeError as e:
        print(e, "|", repr(e.__context__))
    except ValueError as e:
        print("passed through", e)
calls = []


def note(kind):
    calls.append(kind.__name__)
    return kind


try:
    raise KeyError
except note(ValueError):
    pass
except note(KeyError):
    pass
except note(TypeError):
    pass
print(calls)
