"""What sys.exit takes, caught as an exception."""
import sys

for arg in ((), (0,), (5,), (None,), ("text",), (True,), ((1, 2),)):
    try:
        sys.exit(*arg)
    except SystemExit as e:
        print(arg, repr(e.code), e.args)
try:
    raise SystemExit
except BaseException as e:
    print(isinstance(e, Exception), repr(e))
try:
    exit(3)
except SystemExit as e:
    print(e.code)
except NameError as e:
    print("no site", e)
