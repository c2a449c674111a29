"""Async generators and comprehensions, asend, athrow, aclose."""
import asyncio


async def ticks(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print("got", got)
    finally:
        print("end of ticks")


async def main():
    print([x async for x in ticks(3)], {x: x async for x in ticks(2) if x})
    print([y for x in [1] async for y in ticks(2)])
    a = ticks(3)
    print(await anext(a), await a.asend("hi"))
    try:
        await a.athrow(ValueError("t"))
    except ValueError as e:
        print("thrown", e)
    print(await anext(a, "default"))
    b = ticks(5)
    async for x in b:
        if x == 1:
            break
    await b.aclose()
    print(type(b).__name__)
    g = (x * 2 async for x in ticks(2))
    print([v async for v in g])
    try:
        await anext(ticks(0))
    except StopAsyncIteration as e:
        print("stopped", e.args)
    print(await asyncio.gather(*[asyncio.sleep(0, i) for i in range(3)]))


asyncio.run(main())
