"""Signals: handlers, default KeyboardInterrupt, alarms."""
import os
import signal
import time

got = []
old = signal.signal(signal.SIGUSR1, lambda n, frame: got.append((n, frame is not None)))
os.kill(os.getpid(), signal.SIGUSR1)
print(got, old == signal.SIG_DFL, signal.Signals(10).name if got[0][0] == 10 else "SIGUSR1")
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt as e:
    print("interrupted", repr(e))


class Alarm(Exception):
    pass


def ring(n, f):
    raise Alarm


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    while True:
        pass
except Alarm:
    print("alarm")
print(signal.getsignal(signal.SIGUSR1) is not None, signal.strsignal(2), signal.SIGTERM.value)
for bad in (lambda: signal.signal(999, ring), lambda: signal.signal(signal.SIGINT, 5), lambda: signal.signal(signal.SIGKILL, ring)):
    try:
        bad()
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)
