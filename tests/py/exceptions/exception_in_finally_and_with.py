"""The context of exceptions raised in finally, __exit__ and generators' cleanup."""


def ctx(e):
    out = []
    while e:
        out.append(type(e).__name__)
        e = e.__context__
    return out


try:
    try:
        raise KeyError
    finally:
        raise ValueError
except ValueError as e:
    print(ctx(e))


class M:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        raise OSError


try:
    with M():
        raise KeyError
except OSError as e:
    print(ctx(e))


def g():
    try:
        yield
    finally:
        raise TypeError


it = g()
next(it)
try:
    it.throw(KeyError())
except TypeError as e:
    print(ctx(e))
try:
    try:
        raise ValueError
    except ValueError:
        it = g()
        next(it)
        it.close()
except TypeError as e:
    print(ctx(e))


def swallow():
    for _ in range(2):
        try:
            raise KeyError
        finally:
            continue
    return "swallowed"


def swallow_return():
    try:
        raise KeyError
    finally:
        return "returned"


print(swallow(), swallow_return())
e1, e2 = ValueError(1), ValueError(2)
try:
    try:
        raise e1
    except ValueError:
        raise e2
except ValueError:
    pass
try:
    try:
        raise e2
    except ValueError:
        raise e1
except ValueError as e:
    print(e.__context__ is e2, e2.__context__)
