#: exit 1
#: stderr
"""An uncaught exception group."""


def make(kind, text):
    try:
        raise kind(text)
    except Exception as e:
        return e


raise ExceptionGroup("several", [make(ValueError, "one"), ExceptionGroup("inner", [make(TypeError, "two"), KeyError("three")])])
