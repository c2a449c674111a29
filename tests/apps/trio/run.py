"""Structured concurrency without asyncio: tasks, cancellation, streams, a local server, threads."""
import sys

import trio


async def child(name, seconds, log):
    try:
        await trio.sleep(seconds)
        log.append(f"{name} done")
    except trio.Cancelled:
        log.append(f"{name} cancelled")
        raise


async def tasks():
    log = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, "a", 0.01, log)
        nursery.start_soon(child, "b", 0.03, log)
    with trio.move_on_after(0.02) as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child, "c", 10, log)
            nursery.start_soon(child, "d", 0.001, log)
    print(log, scope.cancelled_caught)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail, ValueError("one"))
            nursery.start_soon(fail, KeyError("two"))
    except* ValueError as group:
        print("values", group.exceptions)
    except* KeyError as group:
        print("keys", group.exceptions)


async def fail(error):
    raise error


async def network():
    async def echo(stream):
        async for data in stream:
            await stream.send_all(data.upper())

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, echo, 0)
        stream = await trio.testing.open_stream_to_socket_listener(listeners[0])
        await stream.send_all(b"hello")
        print(await stream.receive_some(10))
        await stream.aclose()
        nursery.cancel_scope.cancel()
    send, receive = trio.open_memory_channel(2)
    async with send, receive:
        await send.send(1)
        print(receive.statistics(), await receive.receive())
    print(await trio.to_thread.run_sync(lambda: sum(range(10))))
    done = await trio.run_process(["/bin/echo", "from a process"], capture_stdout=True)
    print(done.returncode, done.stdout)
    print(await (trio.Path("in.txt")).read_text())


def main(what):
    if what == "clock":
        async def slow():
            before = trio.current_time()
            await trio.sleep(1000)
            print(trio.current_time() - before)

        trio.run(slow, clock=trio.testing.MockClock(autojump_threshold=0))
    elif what == "error":
        trio.run(fail, RuntimeError("out"))
    else:
        trio.run({"tasks": tasks, "network": network}[what])
    return 0


if __name__ == "__main__":
    import trio.testing

    sys.exit(main(*sys.argv[1:]))
