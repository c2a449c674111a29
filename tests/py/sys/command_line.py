#: frozen no
"""The command line of the interpreter: -c, -m, standard input, exit codes."""
import re
import subprocess
import sys


def run(*args, **kw):
    r = subprocess.run([sys.executable, *args], capture_output=True, text=True, **kw)
    # Messages begin with the path or the name of the interpreter.
    print(r.returncode, r.stdout.strip(), [re.sub(r"^(\S*/python3[.\d]*|freeze): ", "", line) for line in r.stderr.strip().splitlines()[-1:]])


run("-c", "import sys; print(sys.argv)", "a", "-b")
run("-", "x", input="import sys; print(sys.argv, __name__)")
run("-c", "raise SystemExit('bye')")
run("-c", "1/0")
run("-c", "x = (")
run("-m", "no_such_module_zz")
run("/no/such/file.py")
run("-c", "import sys; sys.exit(300 & 255)")
run("-m", "json.tool", input='{"b":1}')
run("-c", "assert False")
run("-O", "-c", "assert False; print(__debug__)")
run("-I", "-c", "import sys; print(sys.flags.isolated, '' in sys.path)")
run("-W", "error", "-c", "import warnings; warnings.warn('w')")
run("-X", "utf8", "-c", "import sys; print(sys.flags.utf8_mode)")
run("-E", "-s", "-u", "-B", "-q", "-c", "print('flags')")
