"""Calls of os and signal that few programs make: vectored input and output, event descriptors, spawning, waiting."""
import os
import signal
import sys
import tempfile

with tempfile.TemporaryFile() as f:
    fd = f.fileno()
    print(os.writev(fd, [b"one", bytearray(b" two"), memoryview(b" three")]))
    a, b = bytearray(4), bytearray(20)
    print(os.preadv(fd, [a, b], 0), a, bytes(b).rstrip(b"\0"))
    os.posix_fallocate(fd, 0, 100)
    print(os.fstat(fd).st_size)
print(os.statvfs("/").f_namemax > 0, len(os.statvfs("/")))

e = os.eventfd(3)
os.eventfd_write(e, 4)
print(os.eventfd_read(e), os.get_inheritable(e))
os.close(e)

pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], os.environ)
info = os.waitid(os.P_PID, pid, os.WEXITED)
print(info.si_status, info.si_code == os.CLD_EXITED, info.si_pid == pid)

print(os.sched_param(3), os.getpriority(os.PRIO_PROCESS, 0) == os.nice(0))
print(os.minor(os.makedev(8, 17)), os.major(os.makedev(8, 17)))
for call in (lambda: os.setuid("x"), lambda: os.setgid(-5), lambda: os.splice(0, 1, -1)):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)

old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]))
print(signal.sigtimedwait([signal.SIGUSR1], 0))
signal.pthread_sigmask(signal.SIG_SETMASK, old)
sys.stdout.flush()
