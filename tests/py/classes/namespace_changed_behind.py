# A class's namespace that is changed behind its back: what attributes it then has is nobody's business, but nothing that is
# looked up afterwards may be one that is gone (best run with a sanitizer). CPython's interpreter does not survive all of it.
#: golden no
import gc
import weakref


class Thing:
    pass


def made():
    class C:
        x = Thing()

        def f(self):
            return [1]

    return C, C()


def use(cls, obj):
    for _ in range(3):
        for get in (lambda: cls.x, lambda: obj.x, lambda: obj.f(), lambda: getattr(cls, 'f', None)):
            try:
                repr(get())
            except (AttributeError, TypeError):
                pass


def namespace(cls):
    return next(d for d in gc.get_referents(cls) if isinstance(d, dict))


def replace(d):
    d['x'] = Thing()
    d['f'] = lambda self: [2]


def delete(d):
    del d['x'], d['f']


def pop(d):
    d.pop('x')
    d.popitem()


changes = [replace, delete, pop, dict.clear, lambda d: d.update(x=Thing(), f=len), lambda d: d.setdefault('y', Thing()),
           lambda d: d.__ior__({'x': Thing()})]
for change in changes:
    cls, obj = made()
    sub = type('Sub', (cls,), {})
    pairs = [(cls, obj), (sub, sub())]
    for pair in pairs:
        use(*pair)
    gone = weakref.ref(cls.x)
    change(namespace(cls))
    for pair in pairs:
        use(*pair)
print('changed')


class Grab:
    def __eq__(self, other):
        if isinstance(other, dict):
            other.clear()
        return True


cls, obj = made()
use(cls, obj)
cls.__dict__ == Grab()
use(cls, obj)
print('compared')


# A class in the MRO that is no base.
class Other:
    x = Thing()

    def f(self):
        return [3]


class Meta(type):
    def mro(cls):
        return [cls, Other, object]


class Odd(metaclass=Meta):
    pass


class Below(Odd):
    pass


for cls in Odd, Below:
    use(cls, cls())
print(Odd.x is Other.x, Below.x is Other.x, Below().f())
Other.x = Thing()
print(Odd.x is Other.x, Below.x is Other.x)
del Other.x, Other.f
for cls in Odd, Below:
    use(cls, cls())
    print(hasattr(cls, 'x'), hasattr(cls(), 'f'))


# A class that is cleared by the collector while others in its cycle still use it.
class Last:
    def __init__(self, cls):
        self.cls, self.obj = cls, cls()

    def __del__(self):
        use(self.cls, self.obj)


def cycle():
    class D:
        x = Thing()

        def f(self):
            return [4]

    def values():
        try:
            yield
        finally:
            use(D, D())

    D.me = Last(D)
    D.them = values()
    next(D.them)
    use(D, D())


for _ in range(5):
    cycle()
gc.collect()


# Classes whose release waits are no subclasses any more.
class Base:
    pass


class Nosy:
    def __del__(self):
        list(map(repr, Base.__subclasses__()))


chain = None
for i in range(1000):
    chain = [chain, type('T', (Base,), {'n': Nosy()})]
    chain.append(chain[1]())
    chain = [chain, Nosy()]
chain = None
gc.collect()
print(Base.__subclasses__())
