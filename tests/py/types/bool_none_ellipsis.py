"""bool, None, Ellipsis, NotImplemented."""
print(bool("False"), bool([0]), bool(0.0), bool(None), bool(...), True == 1, hash(True), {True: "a", 1: "b"}, repr(True), int(True), f"{True:d}", True.real, ~True if False else -2)
print(True & 1, True ^ True, True | False, type(True & True).__name__, type(True + 0).__name__, bool.__mro__)
print(None, repr(None), type(None).__name__, None is None, bool(None), type(None)() is None, hash(None) == hash(None))
print(..., repr(Ellipsis), type(...).__name__, type(...)() is ..., NotImplemented, type(NotImplemented).__name__)
for call in (lambda: type("B", (bool,), {}), lambda: None + 1, lambda: None.x, lambda: type(None)(1), lambda: bool(1, 2), lambda: bool(x=1)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
