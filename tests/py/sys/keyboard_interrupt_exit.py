#: frozen no
"""A child that is interrupted dies of the signal."""
import signal
import subprocess
import sys
import time

p = subprocess.Popen([sys.executable, "-c", "import time, signal; signal.signal(signal.SIGINT, signal.default_int_handler); print('up', flush=True); time.sleep(20)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
print(p.stdout.readline().strip())
p.send_signal(signal.SIGINT)
_, err = p.communicate()
print(p.returncode, err.strip().splitlines()[-1])
