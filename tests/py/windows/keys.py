#: only windows
#: golden no
"""msvcrt: keys that wait in a console, given back, and the lock of a file's part."""
import ctypes
import msvcrt
import os
import struct
import subprocess
import sys

if "child" in sys.argv:
    kernel = ctypes.windll.kernel32
    kernel.GetStdHandle.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.GetStdHandle(-10))

    def press(unit, place=0):
        # Kind, pressed, how often, virtual key, scan code, unit, state of the shift keys: pressed, then let go.
        records = b"".join(struct.pack("<HxxiHHHHI", 1, down, 1, 0, place, unit, 0) for down in (1, 0))
        written = ctypes.c_uint32()
        kernel.WriteConsoleInputW(handle, records, 2, ctypes.byref(written))

    with open(sys.argv[2], "w", encoding="utf-8") as out:
        print(msvcrt.kbhit(), file=out)
        for key in "aä":
            press(ord(key))
        print(msvcrt.kbhit(), ascii(msvcrt.getwch()), ascii(msvcrt.getwche()), msvcrt.kbhit(), file=out)
        press(0, 72)
        print(ascii(msvcrt.getwch() + msvcrt.getwch()), file=out)
        press(0, 59)
        print(msvcrt.getch(), msvcrt.getch(), file=out)
        msvcrt.ungetwch("z")
        print(msvcrt.kbhit(), msvcrt.getwch(), msvcrt.kbhit(), file=out)
        press(13)
        press(3)
        print(msvcrt.getch(), msvcrt.getch(), file=out)
    sys.exit(0)

code = subprocess.Popen([sys.executable, "child", "out.txt"], creationflags=subprocess.CREATE_NEW_CONSOLE).wait(60)
with open("out.txt", encoding="utf-8") as file:
    print(file.read(), end="")
print(code)

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
