"""Modules: __name__, __spec__, __loader__, __file__, __dict__, module __getattr__, types.ModuleType."""
import json
import json.decoder
import sys
import types

print(json.__name__, json.__package__, json.__spec__.name, json.decoder.__package__, json.__loader__ is not None, json.__path__ is not None, json.__spec__.submodule_search_locations is not None, repr(sys), sys.__spec__.origin, json.decoder.__spec__.parent)
m = types.ModuleType("made", "doc")
m.x = 1
print(m, m.__doc__, m.__dict__["x"], m.__spec__, m.__loader__, repr(m))
m.__getattr__ = lambda name: f"dynamic {name}"
print(m.anything)
del m.__getattr__
try:
    m.missing
except AttributeError as e:
    print(e)
try:
    json.nothing
except AttributeError as e:
    print(e)
sys.modules["made"] = m
import made
from made import x
print(made is m, x)
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as e:
    print(type(e).__name__, e)


class M(types.ModuleType):
    @property
    def p(self):
        return "prop"


m.__class__ = M
print(m.p)
print(__name__, __spec__, __package__, "__main__" in sys.modules, sys.modules["__main__"].__dict__ is globals())
#: frozen no
