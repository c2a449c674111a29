#: only windows
#: golden no
"""msvcrt: keys that were given back, the lock of a file's part, descriptors and handles."""
import msvcrt
import os

# Keys that are typed want a console, which this test has not.
print(msvcrt.kbhit())
msvcrt.ungetwch("z")
print(msvcrt.kbhit(), msvcrt.getwch(), msvcrt.kbhit())
msvcrt.ungetch(b"q")
print(msvcrt.getch())

with open("locked", "w+b") as one, open("locked", "r+b") as other:
    one.write(b"0123456789")
    one.flush()
    one.seek(2)
    msvcrt.locking(one.fileno(), msvcrt.LK_NBLCK, 3)
    other.seek(4)
    try:
        msvcrt.locking(other.fileno(), msvcrt.LK_NBLCK, 3)
    except OSError as e:
        print(type(e).__name__)
    other.seek(5)
    msvcrt.locking(other.fileno(), msvcrt.LK_NBLCK, 1)
    msvcrt.locking(other.fileno(), msvcrt.LK_UNLCK, 1)
    one.seek(2)
    msvcrt.locking(one.fileno(), msvcrt.LK_UNLCK, 3)
    other.seek(4)
    msvcrt.locking(other.fileno(), msvcrt.LK_NBLCK, 3)
    other.seek(4)
    msvcrt.locking(other.fileno(), msvcrt.LK_UNLCK, 3)
    handle = msvcrt.get_osfhandle(one.fileno())
    print(handle > 0, msvcrt.setmode(one.fileno(), os.O_BINARY) == os.O_BINARY)
fd = msvcrt.open_osfhandle(msvcrt.get_osfhandle(os.open("locked", os.O_RDONLY)), os.O_RDONLY)
print(os.read(fd, 4))
