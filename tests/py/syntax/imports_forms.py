"""import in all forms; star with __all__; missing names."""
import os.path
import os.path as p
import collections.abc, json as j
from os import path, sep as s
from collections import (
    OrderedDict,
    defaultdict as dd,
)

print(os.path is p is path, s == os.sep, j.__name__, dd.__name__)
ns = {}
exec("from string import *", ns)
print("ascii_letters" in ns, "_string" in ns, "Template" in ns)
for statement in ("import no_such_module", "import os.nothing", "from os import nothing", "from no_such.thing import x", "from . import x", "import json.decoder.x"):
    try:
        exec(statement, {"__name__": "t"})
    except ImportError as e:
        print(type(e).__name__, "|", str(e).split(" (")[0], "|", e.name)
