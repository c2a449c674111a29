"""object and type themselves: repr, attributes, equality, dir."""
o = object()
print(repr(o)[:18], type(o), object.__doc__ is not None, o == o, o != object(), hash(o) == hash(o), o.__class__, object.__bases__, type.__mro__, type(type) is type, isinstance(type, object), issubclass(type, object))
print(sorted(n for n in dir(object()) if n not in ("__getstate__",)))
print(object.__reduce_ex__(5 .__class__, 2) is not None, o.__sizeof__() > 0, o.__format__(""), object.__init_subclass__(), object.__subclasshook__(int)) if False else print("skipped")
print(type(5), type("X", (), {"a": 1}).a, type("Y", (int,), {})(7) + 1, int.__name__, int.__module__, type.__call__(int, "5"), int.mro())
for bad in (lambda: object(1), lambda: object.__new__(), lambda: object.__setattr__(1, "x", 2), lambda: type.__new__(int), lambda: o.__init__(1), lambda: object.__format__(1, "x"), lambda: object().__dict__):
    try:
        bad()
        print("no error")
    except (TypeError, AttributeError) as e:
        print(e)
