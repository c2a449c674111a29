"""mmap: files and plain memory as bytes."""
import mmap
import os
import tempfile

with tempfile.TemporaryFile() as f:
    f.write(b"hello world\nsecond line\n")
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        print(len(m), m[:5], m[-1], m[::6], m.find(b"line"), m.rfind(b"l"), m.find(b"zz"))
        print(m.readline(), m.tell(), m.read(3), m.read_byte(), m.read())
        m.seek(0)
        m[0:5] = b"HELLO"
        m[5] = 95
        m.write(b"he")
        m.move(12, 0, 5)
        print(m.size(), m.flush(), bytes(m)[:20])
        view = memoryview(m)
        try:
            m.close()
        except BufferError as e:
            print(type(e).__name__)
        view[0] = 90
        view.release()
        for bad in (lambda: m[100], lambda: m.seek(1000), lambda: m.write(b"x" * 100), lambda: m.__setitem__(0, 300)):
            try:
                bad()
            except (IndexError, ValueError) as e:
                print(type(e).__name__, e)
    print(m.closed, os.pread(f.fileno(), 24, 0))
    try:
        m[0]
    except ValueError as e:
        print(e)
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        try:
            m[0] = 1
        except TypeError as e:
            print(e)
        print(b"world" in m[:], hash(m) is not None)
    with mmap.mmap(f.fileno(), 5, access=mmap.ACCESS_COPY) as m:
        m[0] = 0
        print(m[:], os.pread(f.fileno(), 5, 0))

with mmap.mmap(-1, 16) as m:
    print(m[:], m.tell(), len(m))
    m.write(b"abc")
    m.write_byte(100)
    print(m[:6], m.tell(), list(m[:3]), repr(m))
for args in ((-1, 0), (-1, -1)):
    try:
        mmap.mmap(*args)
    except (OSError, OverflowError) as e:
        print(type(e).__name__)
print(mmap.PAGESIZE == mmap.ALLOCATIONGRANULARITY, mmap.error is OSError, mmap.ACCESS_WRITE)
