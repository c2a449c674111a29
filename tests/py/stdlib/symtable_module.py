"""symtable: scopes, kinds of names, namespaces."""

import symtable

SOURCE = '''
import os
from sys import path as p
glob = 42
def spam(a, b, *var, **kw):
    global bar
    bar = 47
    x = 23
    def internal():
        return x
    def other():
        nonlocal x
        return [a for a in kw if a is glob]
    return (y for y in var)
class Mine(os.PathLike):
    value = 1
    def method(self, *, deep=lambda q: q):
        return __class__
    def _private(self): self.__hidden = deep
async def waits(): await spam()
'''


def show(table, depth=0):
    print("  " * depth + str(table.get_type()), table.get_name(), table.get_lineno(), table.is_nested(), table.has_children())
    for name in sorted(table.get_identifiers()):
        s = table.lookup(name)
        facts = [
            what
            for what in ("referenced", "parameter", "global", "declared_global", "nonlocal", "local", "free", "imported",
                         "assigned", "namespace", "annotated")
            if getattr(s, "is_" + what)()
        ]
        print("  " * depth + "  -", name, *facts)
    for child in table.get_children():
        if str(child.get_type()) != "annotation":
            show(child, depth + 1)


top = symtable.symtable(SOURCE, "source.py", "exec")
show(top)
spam = top.lookup("spam").get_namespace()
print(spam.get_parameters(), sorted(spam.get_locals()), sorted(spam.get_globals()), spam.get_frees())
print(repr(symtable.symtable("a + 1", "e.py", "eval")), top.get_children()[0] is spam)
for bad, mode in (("def (", "exec"), ("global x; nonlocal y", "exec"), ("x", "what")):
    try:
        symtable.symtable(bad, "bad.py", mode)
    except (SyntaxError, ValueError) as e:
        print(type(e).__name__, getattr(e, "filename", ""))
