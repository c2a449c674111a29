#: frozen no
"""Writing to a closed pipe ends the program with the usual message."""
import subprocess
import sys

p = subprocess.Popen([sys.executable, "-c", "import sys\nfor i in range(100000): print('x' * 100)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stdout.readline()
p.stdout.close()
err = p.stderr.read().decode()
print(p.wait(), "BrokenPipeError" in err)
