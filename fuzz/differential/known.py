"""Where Python 3.14 differs from CPython 3.13 on purpose, and what differs from run to run: rules that both outputs go through
before they are compared. Each has its reason.
"""
import re

RULES = [
    # Addresses.
    (re.compile(r'0x[0-9a-f]{6,}'), '0xADDRESS'),
    # 3.14 says why an odd number of digits is refused, and says so before it looks at the digits.
    (re.compile(r'fromhex\(\) arg must contain an even number of hexadecimal digits|non-hexadecimal number found in fromhex\(\) arg at position \d+'), 'FROMHEX'),
    # 3.14: `in` names containers as well.
    (re.compile(r'is not a container or iterable'), 'is not iterable'),
    # 3.14: the same words for all numbers.
    (re.compile(r'(0\.0|0|zero|0\.0 cannot be raised) to a negative( or complex)? power'), 'ZEROPOWER'),
    # 3.14: other words for whatever `complex()` can't take.
    (re.compile(r'complex\(\) (first argument|second arg|argument|can.t take second)[^\n"]*'), 'COMPLEX'),
    # 3.14: the same words for all numbers here too.
    (re.compile(r'(complex|float|integer) (division or modulo|division|floor division|modulo)( or modulo)? by zero|division by zero|(integer )?modulo by zero|float divmod\(\)'), 'BYZERO'),
    # Mixed arithmetic of real and complex numbers keeps signs of zeros in 3.14 (C99, Annex G).
    # Products and quotients with infinities come out as such there, and not as nan+nanj.
    (re.compile(r'\(-?(nan|inf)[-+][^ ()]*j\)|\([-+.e\d]+[-+](nan|inf)j\)|-?(nan|inf)j'), 'NOTFINITE'),
    (re.compile(r'\(-0\+?(-?[0-9.einfa]+j)\)'), r'\1'),
    (re.compile(r'[-+]0j'), '0j'),
    # 3.14 does not show what a list has not.
    (re.compile(r'''list\.index\(x\): x not in list|(?<=ValueError: )(?:(?!Error: ).)* is not in list['"]?|(?<=ValueError\(['"]).*? is not in list'''), 'NOTINLIST'),
    # 3.14 says what `%c` got instead.
    (re.compile(r'%c requires (int or char|an int or a unicode character, not [\w. ]+)'), 'CHARACTER'),
    # 3.14 says which method is missing, and that it may be the asynchronous one.
    (re.compile(r' \(missed __a?exit__ method\)'), ''),
    (re.compile(r" Did you mean to use '(async )?with'\?"), ''),
    # The wrapper of `__setattr__` has an empty name there, which leaves a space in front.
    (re.compile(r': +expected (\d)'), r': expected \1'),
    # 3.14 counts what it got where that costs nothing.
    (re.compile(r'(too many values to unpack \(expected \d+), got \d+\)'), r'\1)'),
]


def plain(text):
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text
