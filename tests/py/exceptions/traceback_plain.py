#: exit 1
#: stderr
"""An uncaught exception through some calls, with carets."""


def inner(x):
    return 10 / x + len("abc")


def outer(values):
    return [inner(v) for v in values]


print("before")
outer([1, 0])
