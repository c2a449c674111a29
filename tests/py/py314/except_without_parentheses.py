#: golden no
"""PEP 758: several exceptions without parentheses when there is no `as`."""


def f(e):
    try:
        raise e
    except ValueError, TypeError:
        return "value or type"
    except KeyError, IndexError, OSError:
        return "three"


print(f(ValueError()), f(TypeError()), f(IndexError()))
try:
    raise ExceptionGroup("g", [ValueError(), KeyError()])
except* ValueError, KeyError:
    print("group")
try:
    compile("try: pass\nexcept A, B as e: pass", "s", "exec")
except SyntaxError as e:
    print(e.msg)
