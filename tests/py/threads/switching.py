"""Threads of pure Python make progress side by side."""
import sys
import threading

sys.setswitchinterval(0.001)
flags = [0, 0]
stop = False


def spin(i):
    while not stop:
        flags[i] += 1
        if flags[1 - i] > 100 and flags[i] > 100:
            break


ts = [threading.Thread(target=spin, args=(i,)) for i in range(2)]
for t in ts:
    t.start()
for t in ts:
    t.join(10)
    stop = stop or t.is_alive()
print(all(f > 100 for f in flags), sys.getswitchinterval())
