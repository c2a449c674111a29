"""inspect: signatures, members, source of functions."""
import inspect


class C:
    "doc of C"

    def m(self, a, *args, b=1, **kw) -> int:
        """doc of m"""
        return a

    @classmethod
    def k(cls):
        pass

    @staticmethod
    def s(x: int = 5):
        pass


def f(a, /, b, c: "str" = "x", *, d, e=None):
    pass


print(inspect.signature(f), inspect.signature(C.m), inspect.signature(C().m), inspect.signature(C), inspect.signature(C.s), inspect.signature(lambda *a: 0))
sig = inspect.signature(f)
print([(p.name, p.kind.name, p.default if p.default is not p.empty else "-") for p in sig.parameters.values()])
b = sig.bind(1, 2, d=3)
b.apply_defaults()
print(b.arguments, b.args, b.kwargs)
for args, kw in (((1,), {}), ((1, 2, 3, 4), {"d": 1}), ((1, 2), {"d": 1, "z": 2})):
    try:
        sig.bind(*args, **kw)
    except TypeError as e:
        print(e)
print(inspect.getdoc(C.m), inspect.isfunction(f), inspect.ismethod(C().m), inspect.isclass(C), inspect.isbuiltin(len), inspect.isgeneratorfunction(f), inspect.getmro(C), [n for n, _ in inspect.getmembers(C, inspect.isfunction)], inspect.getmodule(f).__name__, inspect.unwrap(f) is f)
print(inspect.getfullargspec(f), inspect.currentframe().f_code.co_name, inspect.stack()[0].function, inspect.cleandoc("  a\n    b"), inspect.getattr_static(C, "k").__class__.__name__)
print(inspect.signature(len), inspect.signature(sorted), inspect.signature(str.split))
