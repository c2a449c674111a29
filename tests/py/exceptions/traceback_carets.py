#: exit 1
#: stderr
"""Carets point at the part of a long expression that failed."""


class C:
    pass


def f(a, b, c):
    first = a["x"]["y"]
    return first + b.attr.missing * (c - 1)


def call(**kw):
    return f(
        {"x": {"y": 1}},
        b=C(),
        c=2,
    )


call(z=1)
