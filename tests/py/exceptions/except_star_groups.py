# What `except*` hands on is a new group, made by `derive` at each level, even when no clause has taken anything; what a clause gets
# is the group itself when all of it matches.
import traceback
def lines(e):
    return [t.lineno for t in traceback.extract_tb(e.__traceback__)]
def show(name, e):
    print(name, repr(e), e.__suppress_context__, repr(e.__cause__), repr(e.__context__), getattr(e, '__notes__', None), lines(e))
    for x in getattr(e, 'exceptions', ()):
        show(name + '  ', x)

class G(ExceptionGroup):
    def derive(self, excs):
        print('derive', excs)
        return G(self.message, excs)

def make():
    g = G('g', [ValueError(1), G('in', [TypeError(2), ValueError(3)])])
    g.add_note('n')
    return g

def none_matches():
    orig = make()
    try:
        try:
            raise orig
        except* KeyError:
            pass
    except BaseException as e:
        show('none', e); print(e is orig, e.__notes__ is orig.__notes__, e.exceptions[1] is orig.exceptions[1])
none_matches()

def part():
    orig = make()
    try:
        try:
            try:
                1/0
            finally:
                raise orig
        except* TypeError as m:
            show('m', m); print(m is orig)
    except BaseException as e:
        show('part', e); print(e is orig)
part()

def all_match():
    orig = make()
    try:
        try:
            raise orig
        except* Exception as m:
            print(m is orig)
            raise
    except BaseException as e:
        show('all', e); print(e is orig)
all_match()
def all_match_named():
    orig = make()
    try:
        try:
            raise orig
        except* Exception as m:
            raise m
    except BaseException as e:
        show('named', e); print(e is orig)
all_match_named()

def some_reraise():
    orig = make()
    try:
        try:
            raise orig
        except* ValueError as m:
            raise
    except BaseException as e:
        show('some', e); print(e is orig)
some_reraise()
def some_reraise_new():
    orig = make()
    try:
        try:
            raise orig
        except* ValueError as m:
            raise
        except* TypeError:
            raise KeyError('new')
    except BaseException as e:
        show('new', e); print(e is orig)
some_reraise_new()
def naked_not():
    o = ValueError(1)
    try:
        try:
            raise o
        except* TypeError as m:
            raise
    except BaseException as e:
        show('naked not', e); print(e is o)
naked_not()
def from_call():
    def f():
        raise make()
    try:
        try:
            f()
        except* ValueError:
            raise
    except BaseException as e:
        show('call', e)
from_call()
def notes(n):
    o = ExceptionGroup('g', [ValueError(1), TypeError(2)])
    o.__notes__ = n
    try:
        a, b = o.split(ValueError)
    except BaseException as e:
        print('notes', n, repr(e))
    else:
        print('notes', n, getattr(a, '__notes__', 'no'), getattr(b, '__notes__', 'no'))
for n in [None, 3, 'ab', ('x', 'y'), ['q'], {'a': 1}, {1}, b'ab', range(2)]:
    notes(n)
class S:
    def __getitem__(self, i): raise KeyError(i)

o = ExceptionGroup("g", [ValueError(1), TypeError(2)]); o.__notes__ = S()
try: o.split(ValueError)
except Exception as e: print(repr(e))


# Nobody raises what is put together at the end, so that it has no context, even while another exception is being handled.
try:
    try:
        raise ExceptionGroup('g', [ValueError(1)])
    except* ValueError:
        try:
            raise ExceptionGroup('h', [IndexError(1), OSError(2)])
        except* IndexError:
            raise KeyError('n')
        except* OSError:
            raise
except ExceptionGroup as e:
    show('end', e)
