"""A triangle."""
from . import _lines


def draw(size):
    return _lines.stack(range(1, size))
