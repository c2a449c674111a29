# Functions with parameters, and generators, where nobody passes anything: bodies of classes, and exec.
import types


def generator():
    yield 1


def parameters(a, b=2):
    return a.name


def defaults(a=1, *b, c=3, **d):
    x = a, b, c, d
    print('body', x)


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f'{type(e).__name__}: {e}'


print(attempt(__build_class__, generator, 'X'))
print(attempt(__build_class__, parameters, 'X'))
print(attempt(__build_class__, defaults, 'X'))
print(attempt(__build_class__, lambda *a, **k: print(a, k), 'Y'))
print(attempt(exec, parameters.__code__))
print(attempt(eval, (lambda a: a).__code__))
print(attempt(eval, (lambda *a, **k: (a, k)).__code__))
g = attempt(eval, generator.__code__)
print(type(g).__name__, list(g))
