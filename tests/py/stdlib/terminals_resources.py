"""termios, tty, pty, resource, faulthandler, named semaphores, ancillary messages."""

import array
import faulthandler
import os
import resource
import signal
import socket
import tempfile
import termios
import tracemalloc
import tty

master, slave = os.openpty()
before = termios.tcgetattr(slave)
print(len(before), before[6][termios.VINTR], len(before[6]) == termios.NCCS, os.isatty(slave))
tty.setraw(slave)
raw = termios.tcgetattr(slave)
print(bool(raw[3] & termios.ICANON), raw[6][termios.VMIN], raw[6][termios.VTIME])
os.write(master, b"ab\n")
print(os.read(slave, 10))
termios.tcsetattr(slave, termios.TCSADRAIN, before)
print(termios.tcgetattr(slave) == before)
termios.tcsetwinsize(slave, (30, 100))
print(termios.tcgetwinsize(master), os.get_terminal_size(slave))
termios.tcflush(slave, termios.TCIOFLUSH)
for bad in (lambda: termios.tcgetattr(os.open("/dev/null", os.O_RDONLY)), lambda: termios.tcsetattr(slave, 0, [1])):
    try:
        bad()
    except (termios.error, TypeError) as e:
        print(type(e).__name__, e)

soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
print(resource.getrlimit(resource.RLIMIT_CORE)[0], resource.prlimit(0, resource.RLIMIT_CORE)[0], resource.getpagesize() >= 4096)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_maxrss > 0, len(usage), usage[0] == usage.ru_utime)
for bad in (lambda: resource.getrlimit(99), lambda: resource.getrusage(77), lambda: resource.setrlimit(resource.RLIMIT_CORE, (5, 1))):
    try:
        bad()
    except ValueError as e:
        print("ValueError", e)


def show():
    with tempfile.TemporaryFile("w+") as f:
        faulthandler.dump_traceback(f, all_threads=False)
        f.seek(0)
        return [line.split(",")[-1].strip() for line in f]


print([line.split(" in ")[-1] for line in show()])
print(faulthandler.is_enabled(), faulthandler.disable())
with tempfile.TemporaryFile("w+") as f:
    faulthandler.register(signal.SIGUSR1, f, all_threads=False)
    os.kill(os.getpid(), signal.SIGUSR1)
    f.seek(0)
    print(f.readline().strip(), faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))
faulthandler.dump_traceback_later(100)
faulthandler.cancel_dump_traceback_later()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())

a, b = socket.socketpair()
r, w = os.pipe()
os.write(w, b"through the pipe")
a.sendmsg([b"one ", b"two"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [r]))])
data, messages, flags, address = b.recvmsg(100, socket.CMSG_SPACE(4))
fds = array.array("i", messages[0][2])
print(data, len(messages), messages[0][:2] == (socket.SOL_SOCKET, socket.SCM_RIGHTS), os.read(fds[0], 99))
a.send(b"scattered")
first, second = bytearray(4), bytearray(20)
print(b.recvmsg_into([first, second])[0], bytes(first), bytes(second[:5]))
