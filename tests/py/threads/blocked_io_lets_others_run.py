"""A thread that waits for input holds nobody up."""
import os
import threading
import time

r, w = os.pipe()
got = []
t = threading.Thread(target=lambda: got.append(os.read(r, 5)))
t.start()
n = 0
start = time.monotonic()
while n < 100_000:
    n += 1
os.write(w, b"data")
t.join()
print(got, n)
