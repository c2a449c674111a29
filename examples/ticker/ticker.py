"""Several clocks that tick at their own pace into one queue, with asyncio."""
import asyncio
import contextlib


async def clock(name, pause, ticks, queue):
    for number in range(1, ticks + 1):
        await asyncio.sleep(pause)
        await queue.put((name, number))


async def main():
    queue = asyncio.Queue()
    seen = {}

    async def collect():
        while True:
            name, number = await queue.get()
            seen[name] = number
            queue.task_done()

    collector = asyncio.create_task(collect())
    async with asyncio.TaskGroup() as group:
        for name, pause, ticks in [("fast", 0.001, 9), ("slow", 0.003, 3), ("once", 0.002, 1)]:
            group.create_task(clock(name, pause, ticks, queue))
    await queue.join()
    collector.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await collector
    for name in sorted(seen):
        print(f"{name}: {seen[name]} ticks")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print("nothing more came")


asyncio.run(main())
