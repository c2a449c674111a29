"""Timer, local subclasses, get_ident, enumerate, native ids."""
import threading

done = threading.Event()
t = threading.Timer(0.01, done.set)
t.start()
print(done.wait(5))
u = threading.Timer(10, print)
u.start()
u.cancel()
u.join()


class L(threading.local):
    def __init__(self, v):
        self.v = v


loc = L(1)
out = []


def f():
    loc.v += 10
    out.append(loc.v)


loc.v = 5
t = threading.Thread(target=f)
t.start()
t.join()
print(out, loc.v, threading.get_ident() == threading.main_thread().ident, threading.active_count() >= 1, threading.get_native_id() > 0)
