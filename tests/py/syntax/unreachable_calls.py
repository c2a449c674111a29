# Calls that are never made leave nothing behind that the loader stumbles over.
def f(x):
    return x
    f(a=1, b=2)


def g(x):
    while True:
        if x:
            raise ValueError(x)
            f(x, key=x.attribute, other=g.name)
        break
        print(x, sep='', end='')
    if 0:
        g(y=x.z)
    return x


def h():
    raise KeyError
    class C(f, metaclass=g):
        pass
    return C(a=1)


print(f(1), g(0))
for call in (lambda: g(1), h):
    try:
        call()
    except Exception as e:
        print(repr(e))
