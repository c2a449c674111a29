"""Runs the programs of a file one after the other, each in a namespace of its own, and prints what each does.

    harness.py FILE [FIRST [LAST]]

Runs under CPython and under our virtual machine alike; only what it prints is compared. Programs in FILE are separated by
lines of `SEPARATOR`.
"""
import gc
import sys

SEPARATOR = '#----8<----#'


class Fuel(BaseException):
    """The program has run long enough."""


def norm(v, depth=0):
    """A text that is the same wherever equal objects are printed: sets have an order, addresses do not count."""
    t = type(v)
    if depth > 6:
        return '...'
    if t is set or t is frozenset:
        return f'{t.__name__}{{' + ', '.join(sorted(norm(x, depth + 1) for x in v)) + '}'
    if t is list:
        return '[' + ', '.join([norm(x, depth + 1) for x in v]) + ']'
    if t is tuple:
        return '(' + ', '.join([norm(x, depth + 1) for x in v]) + ',)'
    if t is dict:
        return '{' + ', '.join([norm(k, depth + 1) + ': ' + norm(x, depth + 1) for k, x in v.items()]) + '}'
    if isinstance(v, BaseException):
        return describe(v, depth)
    return repr(v)


def describe(e, depth=0):
    """An exception with what led to it."""
    try:
        text = str(e)
        if '{' in text:
            text = ', '.join(norm(a, depth + 1) for a in e.args)
        text = f'{type(e).__name__}: {text}'
    except Exception as inner:
        text = f'{type(e).__name__} whose text raises {type(inner).__name__}'
    if depth > 3:
        return text
    if isinstance(e, BaseExceptionGroup):
        text += ' [' + ', '.join(describe(x, depth + 1) for x in e.exceptions) + ']'
    if e.__cause__ is not None:
        text += ' from (' + describe(e.__cause__, depth + 1) + ')'
    elif e.__context__ is not None:
        text += (' hiding (' if e.__suppress_context__ else ' during (') + describe(e.__context__, depth + 1) + ')'
    return text


def places(e):
    """The lines of the program that a traceback names."""
    tb, found = e.__traceback__, []
    while tb is not None:
        code = tb.tb_frame.f_code
        if code.co_filename == '<program>':
            found.append(f'{code.co_qualname}:{tb.tb_lineno}')
        tb = tb.tb_next
    return ' '.join(found[-6:])


def clip(v):
    """`v`, or something of its type that is not too large to go on with."""
    t = type(v)
    if t is int and v.bit_length() > 300:
        return v % (1 << 300)
    if t in (str, bytes, list, tuple, bytearray) and len(v) > 60:
        return v[:60]
    if t in (set, frozenset, dict) and len(v) > 60:
        return t()
    return v


def namespace():
    fuel = 400

    def tick():
        nonlocal fuel
        fuel -= 1
        if fuel < 0:
            raise Fuel

    def show(label, make):
        tick()
        try:
            print(label, norm(make()))
        except Exception as e:
            print(label, 'raised', describe(e))

    def trace(*values):
        tick()
        print('-', *[norm(v) for v in values])

    class Manager:
        def __init__(self, name, swallow=False):
            self.name, self.swallow = name, swallow

        def __enter__(self):
            trace('enter', self.name)
            return self.name

        def __exit__(self, kind, value, tb):
            trace('exit', self.name, kind and kind.__name__)
            return self.swallow

        async def __aenter__(self):
            return self.__enter__()

        async def __aexit__(self, *args):
            return self.__exit__(*args)

    def drive(coroutine):
        """Runs a coroutine that waits for nothing but `pause()`."""
        value = None
        for _ in range(50):
            try:
                value = coroutine.send(value)
            except StopIteration as e:
                return e.value
        coroutine.close()
        return 'still running'

    class pause:
        def __init__(self, value=None):
            self.value = value

        def __await__(self):
            return (yield self.value)

    return {'__name__': 'program', 'show': show, 'trace': trace, 'tick': tick, 'clip': clip, 'Manager': Manager,
            'drive': drive, 'pause': pause}


def run(number, text):
    print(f'#{number}')
    try:
        code = compile(text, '<program>', 'exec')
    except SyntaxError as e:
        print('SyntaxError', e.msg, e.lineno)
        return
    try:
        exec(code, namespace())
        print('done')
    except Fuel:
        print('out of fuel')
    except BaseException as e:
        print('ended by', describe(e))
        # CPython leaves the frame out that raises again what `except*` has left over.
        if not isinstance(e, BaseExceptionGroup):
            print('at', places(e))


def main():
    import warnings
    warnings.simplefilter('ignore')
    sys.setrecursionlimit(400)
    gc.disable()
    with open(sys.argv[1], encoding='utf-8', errors='surrogatepass') as f:
        programs = f.read().split(SEPARATOR + '\n')
    sys.stdout.reconfigure(errors='backslashreplace')
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    last = int(sys.argv[3]) if len(sys.argv) > 3 else len(programs)
    for number in range(first, last):
        run(number, programs[number])
        # What a program leaves in cycles is finalized at its end, and not in the middle of another.
        gc.collect()
        sys.stdout.flush()
    print('#end')


main()
