#: exit 1
#: stderr
#: frozen no
"""A syntax error in a file that is executed."""
source = "def f():\n    x = = 1\n"
exec(compile(source, "made.py", "exec"))
