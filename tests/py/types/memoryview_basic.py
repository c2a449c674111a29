"""memoryview: slices, casts, writing, release, comparison."""
import array

data = bytearray(b"abcdefgh")
m = memoryview(data)
print(m[0], bytes(m[2:5]), m[::-1].tobytes(), len(m), m.nbytes, m.itemsize, m.format, m.readonly, m.shape, m.strides, m.ndim, m.contiguous)
m[0] = 65
m[1:3] = b"XY"
print(data, m.tolist()[:3], m == b"AXYdefgh", m.hex(), m.obj is data)
c = m.cast("H")
print(len(c), c.itemsize, c.format, c.cast("B").tobytes() == bytes(data))
i = memoryview(array.array("i", [1, -2, 3]))
print(i[1], i.format, i.tolist(), i.itemsize)
g = memoryview(b"abcdef").cast("B", [2, 3])
print(g[1, 2], g.shape, g.tolist(), g.ndim)
r = memoryview(b"ro")
for call in (lambda: r.__setitem__(0, 1), lambda: m.__setitem__(0, 300), lambda: m.__setitem__(slice(0, 2), b"abc"), lambda: m[100], lambda: memoryview(5), lambda: hash(m), lambda: m["a"], lambda: m.cast("Q", [5])):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
print(hash(r) == hash(b"ro"))
with memoryview(b"x") as w:
    pass
try:
    w[0]
except ValueError as e:
    print(e)
