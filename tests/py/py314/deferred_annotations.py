#: golden no
"""PEP 649 and 749: annotations are evaluated when someone asks."""
import annotationlib


def f(a: Later, b: print("evaluated") = 1) -> list[Later]: ...


class C:
    x: Later
    y: int = 2


print("defined")
try:
    f.__annotations__
except NameError as e:
    print(e)
print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING))


class Later:
    pass


print(f.__annotations__["a"].__name__, f.__annotations__["return"])
print(list(C.__annotations__), f.__annotate__(1)["a"] is Later)
fwd = annotationlib.get_annotations(type("D", (), {}), format=annotationlib.Format.FORWARDREF)
print(fwd)
