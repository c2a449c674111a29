import asyncio, time
print(asyncio.Task, asyncio.Future)
async def w(n):
    await asyncio.sleep(0)
    return n*2
async def main():
    r = await asyncio.gather(*[w(i) for i in range(5)])
    print(r, asyncio.current_task().get_name())
    t = asyncio.create_task(w(3), name='x')
    print(await t, t.done())
    try:
        await asyncio.wait_for(asyncio.sleep(5), .01)
    except TimeoutError as e: print('timeout', repr(e))
    async def bad(): raise ValueError(4)
    try: await bad()
    except ValueError as e: print(e)
    t = asyncio.create_task(bad())
    try: await t
    except ValueError as e: print('task', e)
    f = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(.01, f.set_result, StopIteration)
    print(await f)
    async with asyncio.TaskGroup() as g:
        g.create_task(w(1))
    print(len(asyncio.all_tasks()))
asyncio.run(main())
