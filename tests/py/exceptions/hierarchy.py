"""The tree of built-in exceptions."""


def walk(cls, depth=0):
    if cls.__module__ != "builtins":
        return
    print("  " * depth + cls.__name__)
    for sub in sorted(cls.__subclasses__(), key=lambda c: c.__name__):
        walk(sub, depth + 1)


walk(BaseException)
print(IOError is OSError, EnvironmentError is OSError)
