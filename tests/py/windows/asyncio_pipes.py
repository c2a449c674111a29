#: only windows
#: golden no
"""asyncio: servers and clients of pipes with names, several clients, much data, and their ends."""
import asyncio
import os


class Echo(asyncio.Protocol):
    def __init__(self, log):
        self.log = log

    def connection_made(self, transport):
        self.transport = transport
        self.log.append("made")

    def data_received(self, data):
        self.transport.write(data.upper())
        if b"bye" in data:
            self.transport.close()

    def connection_lost(self, error):
        self.log.append(("lost", error))


async def main():
    loop = asyncio.get_running_loop()
    address, log = rf"\\.\pipe\freeze-test-{os.getpid()}", []
    try:
        await loop.create_pipe_connection(asyncio.Protocol, address)
    except FileNotFoundError as e:
        print("nobody there", e.winerror)
    [server] = await loop.start_serving_pipe(lambda: Echo(log), address)

    async def client(number):
        reader = asyncio.StreamReader(loop=loop)
        transport, protocol = await loop.create_pipe_connection(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop), address)
        transport.write(b"hello %d\n" % number)
        first = await reader.readline()
        large = b"x" * 300_000 + b"\n"
        transport.write(large)
        second = await reader.readexactly(len(large))
        transport.write(b"bye\n")
        rest = await reader.read()
        transport.close()
        return first, second == large.upper(), rest

    for answer in await asyncio.wait_for(asyncio.gather(*(client(i) for i in range(4))), 30):
        print(answer)
    for _ in range(100):
        if len(log) == 8:
            break
        await asyncio.sleep(0.05)
    print(sorted(map(str, log)))
    print(server.closed())
    server.close()
    print(server.closed())
    await asyncio.sleep(0.2)
    try:
        await loop.create_pipe_connection(asyncio.Protocol, address)
    except FileNotFoundError:
        print("gone")


asyncio.run(main())
