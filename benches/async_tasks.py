"""Coroutines: plain awaiting, asyncio tasks, queues, locks, async generators."""

import asyncio


async def leaf(n):
    return n & 3


async def branch(depth):
    if depth == 0:
        return await leaf(depth)
    return await branch(depth - 1) + await branch(depth - 1) + 1


async def ticker(n):
    for i in range(n):
        yield i


async def producer(queue, n):
    for i in range(n):
        await queue.put(i)
    await queue.put(None)


async def consumer(queue):
    total = 0
    while (item := await queue.get()) is not None:
        total += item
    return total


async def worker(lock, counter, n):
    for _ in range(n):
        async with lock:
            counter[0] += 1
        await asyncio.sleep(0)


async def main():
    total = await branch(14)
    async for i in ticker(40_000):
        total += i
    queue = asyncio.Queue(maxsize=10)
    _, consumed = await asyncio.gather(producer(queue, 8000), consumer(queue))
    lock, counter = asyncio.Lock(), [0]
    await asyncio.gather(*(worker(lock, counter, 60) for _ in range(60)))
    print(total, consumed, counter[0])


asyncio.run(main())
