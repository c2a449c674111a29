"""os.open, read, write, dup, fstat, isatty, fdopen, environment of descriptors."""
import os

fd = os.open("x", os.O_RDWR | os.O_CREAT, 0o644)
print(os.write(fd, b"hello"), os.lseek(fd, 1, os.SEEK_SET), os.read(fd, 2), os.fstat(fd).st_size, os.isatty(fd))
d = os.dup(fd)
os.lseek(d, 0, 0)
print(os.read(fd, 10), os.get_inheritable(d))
os.ftruncate(fd, 2)
os.close(d)
with os.fdopen(fd, "r+b") as f:
    print(f.read(), f.name == fd)
try:
    os.read(fd, 1)
except OSError as e:
    print(e)
os.chmod("x", 0o600)
print(oct(os.stat("x").st_mode & 0o777), os.access("x", os.R_OK), os.path.samefile("x", "./x"))
os.symlink("x", "l")
print(os.readlink("l"), os.path.islink("l"), os.lstat("l").st_size, os.path.realpath("l") == os.path.realpath("x"))
os.utime("x", (1000, 2000))
print(os.stat("x").st_mtime, os.path.getmtime("x"), os.stat("x").st_mtime_ns)
os.truncate("x", 10)
print(os.path.getsize("x"), os.fspath("x"), os.fsencode("é"), os.fsdecode(b"\xff") == "\udcff", os.strerror(2))
print(os.cpu_count() > 0, len(os.urandom(5)), os.get_terminal_size.__name__, os.umask(0o22) >= 0, os.getcwd() == os.path.realpath("."), os.uname().sysname)
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
