"""Sockets on loopback on every platform: threads, selectors, asyncio's streams, an HTTP server with its client."""
import asyncio
import http.server
import queue
import selectors
import socket
import threading
import urllib.request


def serve_once(listener, results):
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as file:
        for line in file:
            results.put(line)
            file.write(line.upper())
            file.flush()


def threads_and_sockets():
    results = queue.Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_once, args=(listener, results))
        thread.start()
        with socket.create_connection(listener.getsockname(), timeout=10) as client:
            client.sendall(b"hello\n")
            print(client.recv(100))
        thread.join()
    print(results.get(), results.empty())


def selecting():
    a, b = socket.socketpair()
    with selectors.DefaultSelector() as selector, a, b:
        selector.register(a, selectors.EVENT_READ, "a")
        print(selector.select(0))
        b.send(b"x")
        print([(key.data, events) for key, events in selector.select(5)])
        print(a.recv(1))
        a.setblocking(False)
        try:
            a.recv(1)
        except BlockingIOError as e:
            print(type(e).__name__)


async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line[::-1])
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def streams():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(b"abc\n")
        print(await asyncio.wait_for(reader.readexactly(4), 10))
        writer.close()
        await writer.wait_closed()
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    print(await asyncio.gather(asyncio.to_thread(sum, [1, 2]), asyncio.sleep(0, "slept")))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"path {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def http_round():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/a%20b?c=1"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as response:
            print(response.status, response.read())
        server.shutdown()
        thread.join()


threads_and_sockets()
selecting()
asyncio.run(streams())
http_round()
try:
    socket.create_connection(("127.0.0.1", 1), timeout=10)
except ConnectionRefusedError as e:
    print(type(e).__name__)
