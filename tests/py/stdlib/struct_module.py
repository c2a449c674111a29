"""struct: packing and unpacking."""
import struct

print(struct.pack("<bBhHiIqQ", -1, 255, -2, 65535, -3, 4, -5, 6), struct.pack(">i2s3sx?", 1, b"ab", b"c", True), struct.pack("!fd", 1.5, -2.25), struct.pack("<e", 0.1), struct.pack("3c", b"a", b"b", b"c"), struct.pack("5p", b"abc"))
print(struct.unpack("<hi", b"\x01\x00\x02\x00\x00\x00"), struct.calcsize("bi"), struct.calcsize("<bi"), struct.unpack_from(">H", b"xx\x01\x02", 2), list(struct.iter_unpack("<H", b"\x01\x00\x02\x00")), struct.Struct(">I").size, struct.Struct("2s").unpack(b"ab"))
b = bytearray(6)
struct.pack_into("<H", b, 2, 513)
print(b)
for call in (lambda: struct.pack("b", 200), lambda: struct.pack("<H", -1), lambda: struct.pack("i", "a"), lambda: struct.pack("ii", 1), lambda: struct.unpack("i", b"a"), lambda: struct.pack("z", 1), lambda: struct.pack("c", b"ab"), lambda: struct.unpack_from("i", b"abc"), lambda: struct.pack("<i", 2 ** 40), lambda: struct.pack("s", "x")):
    try:
        call()
    except struct.error as e:
        print(e)
