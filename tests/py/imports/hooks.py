"""meta_path finders, path hooks, loaders of one's own, importlib.util."""
import importlib.abc
import importlib.machinery
import importlib.util
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual"):
            return importlib.machinery.ModuleSpec(name, self, is_package=name == "virtual")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec("value = __name__ + '!'", module.__dict__)


sys.meta_path.insert(0, Finder())
import virtual.sub
print(virtual.value, virtual.sub.value, virtual.sub.__spec__.parent, type(virtual.__loader__).__name__)
spec = importlib.util.spec_from_loader("loaded", Finder())
m = importlib.util.module_from_spec(spec)
spec.loader.exec_module(m)
print(m.value, spec.name, spec.has_location, importlib.util.resolve_name(".x", "a.b"))
del sys.meta_path[0]
try:
    import virtual.other
except ImportError as e:
    print(e)
print([type(f).__name__ if not isinstance(f, type) else f.__name__ for f in sys.meta_path][-1:], len(importlib.machinery.all_suffixes()) > 0)
import builtins
real = builtins.__import__
seen = []


def spy(name, *a, **k):
    seen.append((name, a[2] if len(a) > 2 else None))
    return real(name, *a, **k)


import json, os  # loaded now: only the statements below come by
builtins.__import__ = spy
import json
from os import path
builtins.__import__ = real
print([s for s in seen if s[0] in ("json", "os")])
#: frozen no
