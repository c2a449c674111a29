"""Objects whose special methods change whatever others are looking at: every built-in operation runs on containers that
shrink, grow and go away under it.

    mischief.py SEED SECONDS

It only has to survive: what raises an exception is fine.
"""
import array
import collections
import functools
import gc
import itertools
import random
import sys
import time
import weakref

seed, seconds = int(sys.argv[1]), float(sys.argv[2])
r = random.Random(seed)
depth = 0
done = caught = 0
pool = []


class Evil:
    """Does something else whenever it is asked for anything."""

    def __init__(self, n=0):
        self.n = n

    def __eq__(self, other):
        mischief()
        return r.random() < .3

    def __hash__(self):
        mischief()
        return self.n % 5

    def __lt__(self, other):
        mischief()
        return r.random() < .5

    __gt__ = __le__ = __ge__ = __lt__

    def __bool__(self):
        mischief()
        return r.random() < .5

    def __len__(self):
        mischief()
        return self.n % 7

    def __iter__(self):
        mischief()
        for i in range(self.n % 6):
            mischief()
            yield r.choice([i, self, (i, i), 'k', Evil(i)])

    def __index__(self):
        mischief()
        return r.choice([0, 1, -1, 2, 5, -7, 100])

    def __getitem__(self, i):
        mischief()
        if not isinstance(i, int) or i > 5:
            raise IndexError(i)
        return i

    def __contains__(self, x):
        mischief()
        return r.random() < .5

    def keys(self):
        mischief()
        return iter([1, 'a', self][:self.n % 4])

    def __call__(self, *args, **kwargs):
        mischief()
        return r.choice([self, 1, args, 'x'])

    def __add__(self, other):
        mischief()
        return r.choice([self, NotImplemented, 1])

    __radd__ = __iadd__ = __mul__ = __rmul__ = __or__ = __and__ = __sub__ = __rsub__ = __xor__ = __mod__ = __add__

    def __str__(self):
        mischief()
        return 'evil'

    def __repr__(self):
        mischief()
        return 'Evil()'

    def __format__(self, spec):
        mischief()
        return 'f' + spec

    def __del__(self):
        if r.random() < .2:
            mischief()
        if r.random() < .05:
            pool.append([self])

    def __getattr__(self, name):
        mischief()
        if r.random() < .5:
            raise AttributeError(name)
        return 1

    def __length_hint__(self):
        mischief()
        return 3

    def __enter__(self):
        mischief()
        return self

    def __exit__(self, *args):
        mischief()
        return r.random() < .5

    def __get__(self, instance, owner):
        mischief()
        return 5

    def __set__(self, instance, value):
        mischief()

    def __float__(self):
        mischief()
        return 1.5

    def __reduce_ex__(self, protocol):
        mischief()
        return Evil, (1,)


class Thing:
    a = Evil(3)


class Slots:
    __slots__ = ('a', 'b', '__weakref__')


class EvilList(list):
    def __iter__(self):
        mischief()
        return super().__iter__()

    def __len__(self):
        mischief()
        return super().__len__()


class EvilDict(dict):
    def __missing__(self, key):
        mischief()
        return self

    def __getitem__(self, key):
        mischief()
        return super().__getitem__(key)


class EvilStr(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        mischief()
        return str.__eq__(self, other)


def pick(things):
    """One of things that may go away meanwhile: `random` never ends when there are none after it has looked."""
    return r.choice(tuple(things))


def item():
    k = r.randrange(12)
    if k < 4:
        return Evil(r.randrange(20))
    return [1, 'k', 2.5, (1, 2), None, 'text', r.randrange(50), (Evil(2),)][k - 4]


def one(*kinds):
    found = [x for x in pool if isinstance(x, kinds)] if kinds else pool
    return pick(found) if found else (kinds[0]() if kinds else [])


def fill():
    while len(pool) < 24:
        k = r.randrange(11)
        n = r.randrange(12)
        if k < 3:
            pool.append([item() for _ in range(n)])
        elif k < 5:
            d = {}
            for _ in range(n):
                d[r.choice(['a', 'b', 'k', 1, 2, Evil(1), EvilStr('a')])] = item()
            pool.append(d)
        elif k == 5:
            pool.append({item() for _ in range(n)})
        elif k == 6:
            pool.append(collections.deque(item() for _ in range(n)))
        elif k == 7:
            pool.append(bytearray(n))
        elif k == 8:
            t = Thing()
            for name in 'abcdefgh'[:n]:
                setattr(t, name, item())
            pool.append(t)
        elif k == 9:
            pool.append(EvilList(item() for _ in range(n)))
        else:
            pool.append(EvilDict(a=item()))


def mischief():
    """Something that nobody expects here."""
    global depth
    if depth > 2 or r.random() < .3:
        return
    depth += 1
    try:
        k = r.randrange(14)
        x = pick(pool) if pool else []
        if k == 0:
            x.clear()
        elif k == 1:
            pool.clear()
        elif k == 2 and isinstance(x, list):
            x[:] = [item() for _ in range(r.randrange(30))]
        elif k == 3 and isinstance(x, dict):
            x[item()] = item()
        elif k == 4:
            gc.collect(r.randrange(3))
        elif k == 5 and isinstance(x, (list, collections.deque, bytearray)):
            x.pop()
        elif k == 6 and pool:
            pool.pop(r.randrange(len(pool)))
        elif k == 7:
            frame = sys._getframe(r.randrange(1, 4))
            names = list(frame.f_locals)
            # Variables of the library are left alone: a loop of `random` may never end with others.
            if names and frame.f_code.co_filename == __file__ and frame.f_code.co_name not in ('mischief', '<module>'):
                frame.f_locals[pick(names)] = item()
        elif k == 8:
            x.__dict__.clear()
        elif k == 9:
            x.__class__ = r.choice([Thing, Slots, EvilList, EvilDict, Evil])
        elif k == 10:
            setattr(Thing, r.choice('abc'), item())
        elif k == 11:
            delattr(Thing, r.choice('abc'))
        elif k == 12:
            act()
        else:
            raise r.choice([ValueError, IndexError, KeyError, StopIteration, RecursionError])
    except Exception:
        pass
    finally:
        depth -= 1


def exhaust(iterator):
    for _ in range(60):
        next(iterator)


def sort_list():
    l = one(list)
    l.sort(key=r.choice([None, str, lambda x: mischief() or r.random(), Evil()]), reverse=r.random() < .3)


def locals_change():
    x, y, z = one(list), item(), one(dict)
    for q in x:
        y in x, x == [y], x[y:y], z.get(y)
        x.index(y)
    return x


def unpack():
    a, *b = one()
    c, d = one(list)
    return f(*one(), **one(dict))


def f(*args, **kwargs):
    mischief()
    return args, kwargs


def build():
    x = one()
    return [*x, *one()], {**one(dict), **one(dict)}, {*x}, (*x, x), f'{x}{item():{item()}}', [q for q in x if q], {q: x for q in one()}


def store():
    x = one()
    k = item()
    x[k] = item()
    x[k:] = one()
    del x[k]
    x[k] += item()


def attributes():
    x = one(Thing)
    x.a = item()
    x.b += item()
    x.zz = one()
    x.__dict__['n'] = item()
    del x.a
    getattr(x, 'c', None)
    vars(x).update(one(dict))
    return x.a, x.b, x.zz


def weak():
    class Target:
        pass
    t = Target()
    refs = []

    def gone(ref):
        mischief()
        refs.clear()
    for _ in range(4):
        refs.append(weakref.ref(t, gone))
    refs.append(weakref.proxy(t, gone))
    d = weakref.WeakValueDictionary(a=t)
    s = weakref.WeakSet([t])
    t.me = r.choice([t, None])
    mischief()
    del t
    mischief()
    return len(d), len(s), refs


def generators():
    def g(x):
        try:
            for q in x:
                got = yield q
                mischief()
                if got:
                    yield from g(one())
        finally:
            mischief()
    it = g(one())
    pool.append([it])
    for _ in range(5):
        r.choice([lambda: next(it), lambda: it.send(item()), lambda: it.throw(ValueError), it.close, lambda: list(it), lambda: it.throw(StopIteration(1))])()


def strings():
    x = one()
    ''.join(x), ','.join(map(str, one())), '%s %r' % (item(), x), '{} {!r}'.format(item(), x)
    str(x), repr(x), 'abc'.startswith(tuple(one())), b''.join(one()), bytes(one()), bytearray(one())
    'x'.translate(one(dict))


def buffers():
    b = one(bytearray)
    with memoryview(b) as m:
        mischief()
        try:
            b.append(1)
        except BufferError:
            pass
        m[0:2] = bytes(2)
        b[:] = bytes(one())
    b[item():] = one()
    b += bytes(3)
    b.extend(one())
    a = array.array('b', b)
    a[item()] = item()
    a.extend(one())


def classes():
    base = type('Base', (), {'__eq__': Evil(), 'x': Evil(), '__init_subclass__': lambda **k: mischief()})
    sub = type('Sub', (base,), dict(one(dict)) if r.random() < .2 else {'m': lambda self: mischief()})
    o = sub()
    o.m(), o.x, o == 1
    sub.__bases__ = (type('Other', (), {}),)
    o.m()
    sub.m = item()
    return o.m


def functional():
    x = one()
    r.choice([
        lambda: exhaust(map(Evil(), x)), lambda: exhaust(filter(Evil(), x)), lambda: exhaust(zip(x, one())), lambda: exhaust(enumerate(x)),
        lambda: exhaust(reversed(x)), lambda: sum(x, start=item()), lambda: max(x, key=Evil()), lambda: min(x, default=1), lambda: sorted(x, key=Evil()),
        lambda: any(x), lambda: all(x), lambda: functools.reduce(Evil(), x), lambda: exhaust(itertools.chain.from_iterable(x)),
        lambda: exhaust(itertools.groupby(x, Evil())), lambda: exhaust(itertools.accumulate(x)), lambda: exhaust(itertools.product(x, one())),
        lambda: exhaust(itertools.combinations(x, 2)), lambda: itertools.tee(x), lambda: exhaust(itertools.zip_longest(x, one())),
        lambda: functools.lru_cache(Evil())(item()), lambda: functools.partial(f, *x, **one(dict))(), lambda: dict(x), lambda: set(x), lambda: frozenset(x),
        lambda: collections.Counter(x), lambda: collections.OrderedDict(x), lambda: dict.fromkeys(x, item()), lambda: isinstance(1, tuple(x)), lambda: slice(*x),
        lambda: range(*x), lambda: int.from_bytes(x), lambda: exhaust(itertools.islice(x, item())), lambda: list(x), lambda: tuple(x), lambda: print(*x, sep=item(), file=Evil()),
    ])()


def lists():
    l = one(list)
    r.choice([
        lambda: l.index(item()), lambda: l.count(item()), lambda: l.remove(item()), lambda: l.extend(one()), lambda: l == one(list), lambda: l < one(list),
        lambda: l.insert(item(), item()), lambda: l.pop(item()), lambda: l * item(), lambda: l + one(), lambda: item() in l, lambda: l.reverse(), lambda: l.copy(),
        lambda: l.__setitem__(slice(item(), item(), item()), one()), lambda: l.__delitem__(slice(item(), item(), item())), lambda: l[item():item():item()],
        lambda: exhaust(iter(l)), lambda: l.__iadd__(one()), lambda: l.__imul__(item()), sort_list, lambda: [q for q in l if l.remove(q)], lambda: l.extend(l), lambda: l.__init__(one()),
    ])()


def dicts():
    d = one(dict)
    r.choice([
        lambda: d[item()], lambda: d.get(item()), lambda: d.pop(item(), 1), lambda: d.setdefault(item(), item()), lambda: d.update(one()), lambda: d.update(one(dict)),
        lambda: d == one(dict), lambda: d | one(dict), lambda: d.__ior__(one()), lambda: d.popitem(), lambda: item() in d, lambda: d.copy(), lambda: exhaust(iter(d.items())),
        lambda: exhaust(reversed(d)), lambda: d.keys() & one(), lambda: d.items() - one(), lambda: d.items() == one(dict).items(), lambda: d.keys() <= one(set), lambda: d.__delitem__(item()),
        lambda: [d.pop(k) for k in d], lambda: repr(d), lambda: f(**d), lambda: d.__init__(one()), lambda: sorted(d.items()), lambda: item() in d.values(), lambda: dict(d, **d),
    ])()


def sets():
    s = one(set)
    r.choice([
        lambda: s.add(item()), lambda: s.discard(item()), lambda: s.remove(item()), lambda: s.update(one()), lambda: s | one(set), lambda: s & one(set), lambda: s - one(set), lambda: s ^ one(set),
        lambda: s == one(set), lambda: s <= one(set), lambda: s.intersection_update(one()), lambda: s.difference_update(one()), lambda: s.symmetric_difference_update(one()), lambda: s.pop(),
        lambda: exhaust(iter(s)), lambda: s.issubset(one()), lambda: s.isdisjoint(one()), lambda: item() in s, lambda: s.copy(), lambda: hash(frozenset(s)), lambda: [s.remove(q) for q in s], lambda: s.__init__(one()),
    ])()


def deques():
    d = one(collections.deque)
    r.choice([
        lambda: d.index(item()), lambda: d.count(item()), lambda: d.remove(item()), lambda: d.extend(one()), lambda: d == one(collections.deque), lambda: d.insert(item(), item()), lambda: d.rotate(item()),
        lambda: exhaust(iter(d)), lambda: item() in d, lambda: d.extendleft(one()), lambda: d.__delitem__(item()), lambda: d[item()], lambda: d + d, lambda: d.__imul__(2), lambda: d.extend(d), lambda: repr(d),
    ])()


def exceptions():
    try:
        try:
            raise r.choice([ValueError, KeyError, StopIteration])(one())
        except r.choice([ValueError, (KeyError, Evil), Exception]) as e:
            mischief()
            e.__context__ = r.choice([e, None, KeyError()])
            e.__traceback__ = r.choice([None, e.__traceback__])
            pool.append([e])
            raise
        finally:
            with Evil():
                mischief()
                raise IndexError(one())
    except Exception as e:
        repr(e), str(e), e.__traceback__.tb_frame.f_locals


def recurse():
    x = r.choice([one(list), one(dict)])
    (x.append if isinstance(x, list) else lambda y: x.update(a=y))(x)
    repr(x), x == [x]
    x.clear()


def tracing():
    def tracer(frame, event, arg):
        if event == 'line' and frame.f_code.co_filename == __file__ and r.random() < .3:
            names = list(frame.f_locals)
            if names:
                frame.f_locals[pick(names)] = item()
        mischief()
        return tracer
    old = sys.gettrace()
    if old is None:
        sys.settrace(tracer)
    try:
        locals_change()
    finally:
        sys.settrace(old)


ACTIONS = [lists, lists, dicts, dicts, sets, deques, locals_change, unpack, build, store, attributes, weak, generators, strings, buffers, classes, functional, functional, exceptions, recurse, tracing]


def act():
    global done, caught
    done += 1
    try:
        fill()
        r.choice(ACTIONS)()
    except Exception:
        caught += 1


sys.setrecursionlimit(300)
gc.set_threshold(r.choice([1, 50, 700]))
end = time.monotonic() + seconds
# What finalizers and callbacks raise when their variables were changed is no news.
sys.unraisablehook = lambda u: None
while time.monotonic() < end:
    try:
        act()
    except Exception:
        # The tracer itself was changed.
        sys.settrace(None)
sys.settrace(None)
r = random.Random(1)
pool.clear()
gc.collect()
print(f'mischief: {done} actions, {caught} raised, seed {seed}')
