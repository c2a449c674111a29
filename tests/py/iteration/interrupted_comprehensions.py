# Comprehensions that never end attend to signals, whatever their condition is made of.
import itertools
import signal


class Enough(Exception):
    pass


def enough(*args):
    raise Enough


signal.signal(signal.SIGALRM, enough)


def interrupted(make):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        print(make())
    except Enough:
        print('enough')


interrupted(lambda: [x for x in itertools.repeat(0) if x])
interrupted(lambda: [x for x in itertools.repeat(1) if not x])
interrupted(lambda: {x for x in itertools.repeat(None) if x is not None})
interrupted(lambda: {x: 1 for x in itertools.repeat(3) if x is None})
interrupted(lambda: [x for x in itertools.repeat(3) if x > 3])
interrupted(lambda: [x for x in itertools.repeat(3) if x is int or x == 4])
interrupted(lambda: [x for x in itertools.repeat(3) if x in (4, 5)])
interrupted(lambda: [x for x in itertools.repeat(3) if not (x and x)])
interrupted(lambda: any(x for x in itertools.repeat(0) if x))
