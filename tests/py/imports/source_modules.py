#: frozen no
"""Packages and modules written to disk: relative imports, cycles, __init__, __main__, reload, errors in them."""
import importlib
import importlib.util
import os
import sys

files = {
    "pkg/__init__.py": "print('init', __name__, __path__ != [])\nfrom . import a\nVALUE = 1\n",
    "pkg/a.py": "from .sub import b\nname = __name__\n",
    "pkg/sub/__init__.py": "",
    "pkg/sub/b.py": "from .. import a\nvalue = 'b sees ' + a.__name__\n",
    "pkg/star.py": "__all__ = ['one', '_two']\none = 1\n_two = 2\nthree = 3\n",
    "cyc1.py": "import cyc2\nx = 1\n",
    "cyc2.py": "import cyc1\ntry:\n    cyc1.x\nexcept AttributeError as e:\n    print(str(e).split(\" from '\")[0], str(e)[-40:])\ntry:\n    from cyc1 import x\nexcept ImportError as e:\n    print(str(e).split(' (/')[0])\n",
    "bad.py": "x = 1\nraise ValueError('in module')\n",
    "syn.py": "def f(:\n",
    "counter.py": "import builtins\nbuiltins.count = getattr(builtins, 'count', 0) + 1\nstate = builtins.count\n",
    "ns/mod.py": "v = 'namespace'\n",
    "getattr_mod.py": "def __getattr__(name):\n    if name == 'lazy':\n        return 'lazily'\n    raise AttributeError(name)\n",
    "pkg/__main__.py": "print('run as', __name__, __package__)\n",
    "latin.py": "# -*- coding: latin-1 -*-\ns = 'é'\n",
}
for name, text in files.items():
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="latin-1") as f:
        f.write(text)
sys.path.insert(0, os.getcwd())
import pkg.sub.b
print(pkg.sub.b.value, pkg.VALUE, pkg.a.name)
ns = {}
exec("from pkg.star import *", ns)
print(sorted(k for k in ns if k != "__builtins__"))
import cyc1
for name in ("bad", "syn"):
    try:
        __import__(name)
    except Exception as e:
        print(type(e).__name__, e if name == "bad" else "", name in sys.modules)
import counter
import counter as again
print(counter.state, importlib.reload(counter).state, again is counter)
del sys.modules["counter"]
import counter
print(counter.state)
import ns.mod
print(ns.mod.v, ns.__file__, type(ns.__path__).__name__)
from getattr_mod import lazy
print(lazy)
try:
    from getattr_mod import nope
except ImportError as e:
    print(str(e).split(" (/")[0])
import latin
print(latin.s, importlib.import_module(".a", "pkg").name, importlib.util.find_spec("pkg.star").name, importlib.util.find_spec("none_such"))
import runpy
print(runpy.run_module("pkg", run_name="custom")["__name__"], runpy.run_path("counter.py")["state"])
for bad in ("from .x import y", "from . import z"):
    try:
        exec(bad, {"__package__": None, "__name__": "m"})
    except ImportError as e:
        print(e)
import pkgutil
print([m.name for m in pkgutil.iter_modules(["pkg"])], os.path.basename(pkg.__file__), os.path.basename(os.path.dirname(pkg.a.__spec__.origin)))
