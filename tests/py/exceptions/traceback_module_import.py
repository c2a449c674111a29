#: exit 1
#: stderr
#: frozen no
"""A traceback through an imported module leaves out the import machinery."""
import os
import sys

with open("failing_mod.py", "w") as f:
    f.write("x = 1\n\ny = x / 0\n")
os.chdir(".")
sys.path.insert(0, "")
import failing_mod
