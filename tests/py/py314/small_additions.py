#: golden no
"""Small things that are new in 3.14."""
import sys

print(sys.version_info[:2], list(map(lambda a, b: (a, b), [1, 2], [3, 4], strict=True)))
try:
    list(map(lambda a, b: a, [1], [1, 2], strict=True))
except ValueError as e:
    print(e)
print(bytes.fromhex(b"4142"), float.from_number(5), complex.from_number(2), int("0x10", 0))
print(memoryview[int] if hasattr(memoryview, "__class_getitem__") else None)
from functools import Placeholder, partial
print(partial(pow, Placeholder, 2)(5))
import operator
print(operator.is_none(None), operator.is_not_none(None))
from typing import Union
print(int | str, Union[int, str] is (int | str) or Union[int, str] == (int | str), isinstance(int | str, Union))
