#: only windows
#: golden no
"""socket: share and fromshare within and between processes, ioctl."""
import os
import socket
import subprocess
import sys

if "child" in sys.argv:
    with socket.fromshare(sys.stdin.buffer.read()) as s:
        s.sendall(b"from the child: " + s.recv(100).upper())
    sys.exit()


def refused(call, *args):
    try:
        print(call(*args))
    except Exception as e:
        print(type(e).__name__, e)


a, b = socket.socketpair()
with a, b:
    child = subprocess.Popen([sys.executable, "child"], stdin=subprocess.PIPE)
    a.sendall(b"hello")
    child.communicate(b.share(child.pid))
    print(a.recv(100), child.wait())
    data = b.share(os.getpid())
    print(type(data), len(data))
    with socket.fromshare(data) as c:
        print(c.family == b.family, c.type == b.type, c.proto == socket.IPPROTO_TCP, c.fileno() != b.fileno())
        a.sendall(b"again")
        print(c.recv(100))
    refused(socket.fromshare, b"short")
    print(a.ioctl(socket.SIO_KEEPALIVE_VALS, (1, 2000, 500)))
    refused(a.ioctl, -1, None)
    refused(a.ioctl, socket.SIO_KEEPALIVE_VALS, (1, 2))
    for option in [None, "x"]:
        try:
            a.ioctl(socket.SIO_RCVALL, option)
        except TypeError:
            print("TypeError")
print([hex(n) for n in (socket.SIO_RCVALL, socket.SIO_KEEPALIVE_VALS, socket.SIO_LOOPBACK_FAST_PATH)])
print(socket.RCVALL_OFF, socket.RCVALL_ON, socket.RCVALL_SOCKETLEVELONLY, socket.RCVALL_MAX)
