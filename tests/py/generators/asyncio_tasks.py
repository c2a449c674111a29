"""asyncio: tasks, gather, wait_for, cancellation, queues, events, TaskGroup, locks."""
import asyncio


async def work(name, delay, log):
    try:
        await asyncio.sleep(delay)
        log.append(name)
        return name
    except asyncio.CancelledError:
        log.append("cancelled " + name)
        raise


async def main():
    log = []
    print(await asyncio.gather(work("a", 0.02, log), work("b", 0.01, log)), log)
    t = asyncio.create_task(work("c", 10, log), name="task c")
    await asyncio.sleep(0)
    print(t.get_name(), t.done())
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        print("cancelled", t.cancelled(), log[-1])
    try:
        await asyncio.wait_for(work("d", 10, log), 0.01)
    except TimeoutError as e:
        print("timeout", repr(e))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(5)
    except TimeoutError:
        print("timeout block")
    q = asyncio.Queue(2)

    async def produce():
        for i in range(4):
            await q.put(i)

    async def consume():
        return [await q.get() for _ in range(4)]

    print((await asyncio.gather(produce(), consume()))[1])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work("e", 5, log))

            async def fail():
                raise ValueError("fail")

            group.create_task(fail())
    except* ValueError as e:
        print(e.exceptions, log[-1])
    print(await asyncio.gather(fail(), return_exceptions=True))
    event = asyncio.Event()
    waiter = asyncio.create_task(event.wait())
    event.set()
    print(await waiter)
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    loop.call_soon(f.set_result, 5)
    print(await f)
    print(await asyncio.to_thread(lambda: "thread"))
    done, pending = await asyncio.wait([asyncio.create_task(work(n, d, log)) for n, d in (("x", 0), ("y", 1))], return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    for p in pending:
        p.cancel()


async def fail():
    raise KeyError("k")


asyncio.run(main())
