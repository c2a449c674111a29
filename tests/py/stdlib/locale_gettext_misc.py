"""Small modules that programs import: gettext, locale, fnmatch, filecmp, stat, errno, keyword, token, types of numbers."""
import errno
import fnmatch
import gettext
import keyword
import locale
import numbers
import stat
import string

print(gettext.gettext("same"), locale.getlocale() is not None, fnmatch.filter(["a.py", "b.txt", "C.py"], "*.py"), fnmatch.translate("*.[ch]"), errno.errorcode[2], keyword.iskeyword("match"), keyword.issoftkeyword("match"), isinstance(1, numbers.Integral), isinstance(1.5, numbers.Real), stat.filemode(0o100644), stat.S_ISDIR(0o040000))
import filecmp
import sched
import time
open("a", "w").write("x")
open("b", "w").write("x")
print(filecmp.cmp("a", "b"))
s = sched.scheduler(time.monotonic, time.sleep)
s.enter(0.01, 1, print, ("second",))
s.enter(0, 1, print, ("first",))
s.run()
import fileinput
print([l for l in fileinput.input(["a", "b"])])
import getopt
print(getopt.getopt(["-a", "1", "--long=x", "rest"], "a:", ["long="]))
import cmd
import code
print(code.compile_command("x = (") is None, code.compile_command("x = 1") is not None)
import timeit
print(timeit.timeit("1 + 1", number=10) >= 0)
import graphlib
print(list(graphlib.TopologicalSorter({"b": {"a"}, "c": {"b"}}).static_order()))
import colorsys
print(colorsys.rgb_to_hsv(1, 0.5, 0.25))
import tomllib
print(tomllib.loads("a = 1\n[t]\nb = 'x'\nc = [1.5, true, 2024-01-01]\n"))
