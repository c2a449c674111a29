"""threading: threads, locks, events, conditions, locals, barriers, pools."""
import threading
import queue
from concurrent.futures import ThreadPoolExecutor, as_completed

total = 0
lock = threading.Lock()


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


ts = [threading.Thread(target=add, args=(1000,), name=f"t{i}") for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(total, ts[0].name, ts[0].is_alive(), threading.current_thread().name, threading.main_thread() is threading.current_thread())
local = threading.local()
local.x = 1
seen = []
t = threading.Thread(target=lambda: seen.append(hasattr(local, "x")))
t.start()
t.join()
print(seen)
e = threading.Event()
q = queue.Queue()


def worker():
    e.wait()
    while (item := q.get()) is not None:
        seen.append(item * 2)
        q.task_done()


w = threading.Thread(target=worker, daemon=True)
w.start()
e.set()
for i in range(3):
    q.put(i)
q.join()
q.put(None)
w.join()
print(seen, e.is_set(), q.empty())
with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(lambda v: v * v, range(5))), pool.submit(pow, 2, 5).result())
    f = pool.submit(lambda: 1 / 0)
    print(repr(f.exception()))
r = threading.RLock()
with r, r:
    print("reentrant")
try:
    lock.release()
except RuntimeError as x:
    print(x)
print(lock.acquire(timeout=0.01), lock.acquire(blocking=False), lock.locked())
c = threading.Condition()
out = []


def waiter():
    with c:
        c.wait_for(lambda: out)
        out.append("woken")


t = threading.Thread(target=waiter)
t.start()
with c:
    out.append("set")
    c.notify_all()
t.join()
print(out)
b = threading.Barrier(2)
t = threading.Thread(target=b.wait)
t.start()
b.wait()
t.join()
sem = threading.Semaphore(1)
print(sem.acquire(), sem.acquire(blocking=False))
threading.excepthook = lambda a: print("hook", a.exc_type.__name__, a.thread.name)
t = threading.Thread(target=lambda: [][1], name="bad")
t.start()
t.join()
try:
    t.start()
except RuntimeError as x:
    print(x)
pq = queue.PriorityQueue()
pq.put((2, "b")); pq.put((1, "a"))
print(pq.get(), queue.LifoQueue().empty())
try:
    queue.Queue().get_nowait()
except queue.Empty as x:
    print(repr(x))
