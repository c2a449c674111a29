"""Coroutines by hand: send, await of objects, errors, never awaited."""
import warnings

warnings.simplefilter("ignore")


class Awaitable:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        return got


async def inner():
    a = await Awaitable(1)
    return a + 1


async def outer():
    x = await inner()
    y = await Awaitable(x)
    return (x, y)


c = outer()
print(c.send(None), c.send(10))
try:
    c.send("last")
except StopIteration as e:
    print(e.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def bad():
    await 5


async def bad2():
    class B:
        def __await__(self):
            return 5
    await B()


async def bad3():
    async with 5:
        pass


async def bad4():
    async for x in 5:
        pass


for f in (bad, bad2, bad3, bad4):
    try:
        f().send(None)
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)
c = inner()
c.close()
print(type(c).__name__, c.cr_running, c.cr_code.co_name, c.__name__)
c = inner()
c.send(None)
try:
    c.throw(ValueError("in"))
except ValueError as e:
    print(e)
try:
    iter(inner())
except TypeError as e:
    print(e)
try:
    [x for x in inner()]
except TypeError as e:
    print(e)
