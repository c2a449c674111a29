#: exit 1
#: stderr
#: frozen no
"""A syntax error of a module that is imported."""
import sys

with open("broken.py", "w") as f:
    f.write("def f():\n    return 1 +\n")
sys.path.insert(0, ".")
import broken
