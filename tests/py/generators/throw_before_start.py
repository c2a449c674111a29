# An exception thrown in before the first statement has run comes out as it is, StopIteration too; a delegate that is closed
# gives it back as its value.


def g():
    yield 1


async def c():
    pass


async def ag():
    yield 1


def show(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, e, repr(e.__cause__), repr(e.__context__))


show(lambda: g().throw(StopIteration(3)))
show(lambda: c().throw(StopIteration(3)))
show(lambda: ag().athrow(StopIteration(3)).send(None))
show(lambda: ag().athrow(StopAsyncIteration(3)).send(None))


class Thrower:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, e):
        return g().throw(e)


def delegating(it):
    r = yield from it
    print('result', r)
    yield 5


x = delegating(Thrower())
next(x)
show(lambda: x.throw(StopIteration(4)))
inner = g()
x = delegating(inner)
next(x)
inner.close()
show(lambda: x.throw(StopIteration(4)))
