"""Allocates, raises, recurses, starts threads and collects at random, and counts that nothing is lost.

    churn.py SEED SECONDS
"""
import contextvars
import gc
import queue
import random
import signal
import sys
import threading
import time
import weakref

seed, seconds = int(sys.argv[1]), float(sys.argv[2])
end = time.monotonic() + seconds
alive = [0]
lock = threading.Lock()
problems = []
counts = {}


class Counted:
    """Knows how many of it there are."""

    def __init__(self):
        with lock:
            alive[0] += 1
        self.others = []

    def __del__(self):
        with lock:
            alive[0] -= 1


class Phoenix:
    """Comes back from the dead a few times."""
    ashes = []

    def __init__(self, lives):
        self.lives = lives
        self.me = self if lives % 2 else None

    def __del__(self):
        if self.lives > 0:
            self.lives -= 1
            Phoenix.ashes.append(self)


def cycles(r):
    things = [Counted() for _ in range(r.randrange(1, 60))]
    for t in things:
        t.others.extend(r.sample(things, min(3, len(things))))
        t.back = weakref.ref(r.choice(things))
    if r.random() < .5:
        del things[::2]


def phoenixes(r):
    for _ in range(r.randrange(20)):
        Phoenix(r.randrange(4))
    Phoenix.ashes.clear()
    gc.collect()
    Phoenix.ashes.clear()


def deep(r):
    def down(n):
        return n if n == 0 else 1 + down(n - 1)
    try:
        down(r.choice([10, 200, 5000]))
    except RecursionError:
        pass
    x = []
    for _ in range(r.choice([10, 1000, 100_000])):
        x = r.choice([[x], (x,), {1: x}])
    del x


def raising(r):
    def fail(n):
        try:
            if n == 0:
                raise r.choice([ValueError, KeyError, OSError])(Counted())
            fail(n - 1)
        except ValueError as e:
            raise TypeError from e
        finally:
            if r.random() < .1:
                Counted()
    try:
        fail(r.randrange(12))
    except Exception as e:
        e.__traceback__.tb_frame.f_locals
        if r.random() < .3:
            e.me = e


def generators(r):
    def walk(n):
        c = Counted()
        try:
            while True:
                yield from (walk(n - 1) if n else [c, c])
                if r.random() < .4:
                    return
        finally:
            c = None
            if r.random() < .1:
                raise KeyError
    its = [walk(r.randrange(4)) for _ in range(6)]
    for _ in range(40):
        it = r.choice(its)
        try:
            r.choice([next, next, lambda g: g.send(1), lambda g: g.throw(IndexError), lambda g: g.close()])(it)
        except (StopIteration, IndexError, AttributeError, KeyError, RuntimeError, TypeError):
            pass
        if r.random() < .05:
            its.remove(it)
            its.append(walk(1))


def coroutines(r):
    async def pause(n):
        class P:
            def __await__(self):
                yield n
        await P()

    async def work(n):
        c = Counted()
        try:
            await pause(n)
            async for x in numbers(n):
                c.others.append(x)
        finally:
            await pause(0)
        return [y async for y in numbers(2)]

    async def numbers(n):
        c = Counted()
        for i in range(n):
            await pause(i)
            yield c

    tasks = [work(r.randrange(3)) for _ in range(3)]
    for t in tasks:
        for _ in range(r.randrange(12)):
            try:
                t.send(None)
            except (StopIteration, RuntimeError):
                break
        try:
            t.close()
        except RuntimeError:
            # Its `finally` awaits.
            pass


def shapes(r):
    class C:
        pass
    objects = [C() for _ in range(8)]
    for _ in range(60):
        o = r.choice(objects)
        name = f'a{r.randrange(40)}'
        k = r.randrange(5)
        if k < 2:
            setattr(o, name, Counted())
        elif k == 2:
            o.__dict__.pop(name, None)
        elif k == 3:
            getattr(o, name, None)
            if hasattr(o, name):
                delattr(o, name)
        else:
            setattr(C, name, property(lambda self: 1) if r.random() < .3 else 1)
            try:
                setattr(o, name, 2)
            except AttributeError:
                pass
            delattr(C, name)


def texts(r):
    s = ''
    for i in range(r.randrange(400)):
        s += r.choice(['a', 'é', '😀', str(i)])
        if not i % 50:
            t = s[r.randrange(5):-3].upper().split('1')
            s = '1'.join(t)
    b = bytearray(s.encode())
    with memoryview(b) as m:
        bytes(m[::2])
    big = r.getrandbits(r.choice([60, 500, 4000])) ** 3
    if int(str(big)) != big:
        problems.append('big integers')


def containers(r):
    d, model = {}, []
    for _ in range(300):
        k = r.randrange(60)
        if r.random() < .4:
            d.pop(k, None)
            model = [p for p in model if p[0] != k]
        else:
            v = r.random()
            if k in d:
                model = [(a, v if a == k else b) for a, b in model]
            else:
                model.append((k, v))
            d[k] = v
    if list(d.items()) != model:
        problems.append('a dict lost its order')
    l = sorted(r.choices(range(100), k=300))
    if any(a > b for a, b in zip(l, l[1:])):
        problems.append('sorted is not')


class Alarm(Exception):
    pass


def work(number, most=None):
    r = random.Random(seed * 1000 + number)
    made = 0
    while time.monotonic() < end and (most is None or made < most):
        action = r.choice(ACTIONS)
        try:
            action(r)
        except Alarm:
            pass
        except Exception as e:
            problems.append(f'{action.__name__}: {e!r}')
            raise
        made += 1
        with lock:
            counts[action.__name__] = counts.get(action.__name__, 0) + 1
        if r.random() < .05:
            gc.collect(r.randrange(3))
        if r.random() < .01:
            gc.set_threshold(r.choice([1, 10, 700, 100_000]))


def threads(r):
    """Short-lived ones that hand things on."""
    q = queue.Queue()
    var = contextvars.ContextVar('v')

    def run(i):
        local = threading.local()
        local.x = var.set(Counted())
        q.put([Counted(), local])
    made = [threading.Thread(target=run, args=(i,)) for i in range(r.randrange(5))]
    for t in made:
        t.start()
    for t in made:
        t.join()
    while not q.empty():
        q.get()


ACTIONS = [cycles, phoenixes, deep, raising, generators, coroutines, shapes, texts, containers, threads]


def ring(*args):
    # Between any two instructions of the main thread.
    [Counted() for _ in range(5)]
    if time.monotonic() < end and len(counts) % 2:
        raise Alarm


def main():
    sys.setswitchinterval(1e-4)
    # What a generator raises while it is closed by the collector, and coroutines that nobody waited for, are its own affair.
    sys.unraisablehook = lambda u: None
    import warnings
    warnings.simplefilter('ignore')
    others = [threading.Thread(target=work, args=(i,)) for i in range(1, 4)]
    for t in others:
        t.start()
    work(0, 40)
    if hasattr(signal, 'setitimer'):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, .02, .02)
        while time.monotonic() < end:
            try:
                work(7)
            except Alarm:
                pass
        signal.setitimer(signal.ITIMER_REAL, 0)
    for t in others:
        t.join()
    Phoenix.ashes.clear()
    for _ in range(5):
        gc.collect()
    print(f'churn: {sum(counts.values())} actions of {len(counts)} kinds, {alive[0]} objects left, seed {seed}')
    if problems:
        print(*problems, sep='\n')
        sys.exit(1)


main()
