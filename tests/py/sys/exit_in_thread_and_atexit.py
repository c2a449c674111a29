"""SystemExit in a thread ends only the thread; atexit order, unregister, errors in handlers."""
import atexit
import sys
import threading

t = threading.Thread(target=lambda: sys.exit(5))
t.start()
t.join()
print("alive")


@atexit.register
def first():
    print("registered first, runs last")


atexit.register(print, "runs second", end="!\n")
f = atexit.register(print, "never")
atexit.unregister(print)
atexit.register(lambda: print("runs first"))
