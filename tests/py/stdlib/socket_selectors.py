"""socket, selectors, socketpair."""
import selectors
import socket
import threading

a, b = socket.socketpair()
a.sendall(b"hello")
print(b.recv(10), a.fileno() > 0, a.family.name)
sel = selectors.DefaultSelector()
sel.register(b, selectors.EVENT_READ, "data")
print(sel.select(0))
a.send(b"x")
print([(k.data, m) for k, m in sel.select(1)], b.recv(1))
a.close()
print(b.recv(1))
sel.close()
b.close()
srv = socket.create_server(("127.0.0.1", 0))


def serve():
    c, _ = srv.accept()
    with c, c.makefile("rw") as f:
        f.write(f.readline().upper())
        f.flush()


t = threading.Thread(target=serve)
t.start()
with socket.create_connection(srv.getsockname()) as c:
    c.sendall(b"line\n")
    print(c.recv(100))
t.join()
srv.close()
print(socket.inet_aton("1.2.3.4"), socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1"), socket.htons(1) in (1, 256), socket.ntohl(socket.htonl(5)))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.settimeout(0.05)
u.bind(("127.0.0.1", 0))
try:
    u.recvfrom(10)
except TimeoutError as e:
    print(repr(e))
u.close()
try:
    socket.create_connection(("127.0.0.1", 1), timeout=1)
except OSError as e:
    print(type(e).__name__)
try:
    u.send(b"x")
except OSError as e:
    print(e)
