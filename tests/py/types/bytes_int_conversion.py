"""int.to_bytes, from_bytes, bytes of iterables, memoryview of bytes."""
for n in (0, 1, 255, 256, 65535, 2 ** 31, 2 ** 64 - 1):
    for order in ("big", "little"):
        b = n.to_bytes(9, order)
        assert int.from_bytes(b, order) == n
print((1000).to_bytes(2), (-1).to_bytes(1, signed=True), (-129).to_bytes(2, "big", signed=True), int.from_bytes(b"\x80", signed=True), int.from_bytes(b"", "big"), (0).to_bytes(0, "big"), int.from_bytes(bytearray(b"\1\2")), bytes(x for x in range(3)), bytes({1: 2}), bytes((1, True)))
for bad in (lambda: (256).to_bytes(1), lambda: (-1).to_bytes(2), lambda: (1).to_bytes(-1), lambda: (1).to_bytes(1, "x"), lambda: int.from_bytes("a"), lambda: int.from_bytes([256]), lambda: (128).to_bytes(1, signed=True)):
    try:
        bad()
    except (OverflowError, ValueError, TypeError) as e:
        print(type(e).__name__, e)


class B:
    def __bytes__(self):
        return b"from bytes"


print(bytes(B()), int.from_bytes(B()) if False else "", b"%s" % B(), b"".join([b"x", memoryview(b"y")]))
