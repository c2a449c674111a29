#: frozen no
"""A child started with sys.executable writes to the pipe in order with ours."""
import subprocess
import sys

print("first", flush=True)
subprocess.run([sys.executable, "-c", "print('from the child')"], check=True)
print("last")
r = subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('err'); sys.stdout.write('out'); sys.exit(4)"], capture_output=True)
print(r.returncode, r.stdout, r.stderr)
