"""The docstring of the module."""


def f():
    """  spaced
        indented
    end"""


def g():
    "a" "b"


def h():
    f"not {1}"


class C:
    """of C"""
    x = 1


async def a():
    "async doc"


print(repr(__doc__), repr(f.__doc__), g.__doc__, h.__doc__, C.__doc__, a.__doc__, (lambda: 0).__doc__)
