#: exit 1
"""sys.excepthook is called for uncaught exceptions."""
import sys


def hook(kind, value, trace):
    print("hook", kind.__name__, value, trace.tb_lineno)


sys.excepthook = hook
print(callable(sys.__excepthook__))
raise KeyError("uncaught")
