"""The data types of ctypes: sizes, numbers, structures, unions, arrays, buffers; libraries that are not there."""
import ctypes
from ctypes import (
    CDLL, POINTER, BigEndianStructure, Structure, Union, alignment, byref, c_byte, c_char, c_double, c_int, c_int64, c_short, c_ubyte,
    c_uint8, c_uint16, c_uint32, c_void_p, create_string_buffer, create_unicode_buffer, pointer, sizeof,
)

print(sizeof(c_int), sizeof(c_void_p), c_int(-5).value, c_uint8(300).value, c_char(b"x"), c_double(2.5), bool(c_int(0)))
for bad in (lambda: c_int("x"), lambda: c_char(b"xy"), lambda: c_int(1.5)):
    try:
        bad()
    except TypeError:
        print("TypeError")


class Point(Structure):
    _fields_ = [("x", c_byte), ("y", c_int), ("a", c_short * 3)]


p = Point(1, y=2)
p.a[1] = 7
print(sizeof(Point), alignment(Point), p.x, p.y, list(p.a), bytes(p), Point.y.offset, Point.y.size)
copy = Point.from_buffer_copy(bytes(p))
copy.y += 1
print(copy.y, p.y)


class Line(Structure):
    _fields_ = [("start", Point), ("end", Point)]


line = Line(p, copy)
line.end.x = 9
print(line.end.x, sizeof(line), line.start.y)


class Number(Union):
    _fields_ = [("i", c_uint32), ("b", c_ubyte * 4)]


print(list(Number(i=0x01020304).b))


class Big(BigEndianStructure):
    _fields_ = [("v", c_uint16)]


print(bytes(Big(1)), Big(1).v)


class Flags(Structure):
    _fields_ = [("a", c_int, 3), ("b", c_int, 5)]


f = Flags(1, -2)
print(f.a, f.b, sizeof(Flags))
b = create_string_buffer(b"hi", 5)
b[1] = b"o"
print(b.raw, b.value, len(b), create_unicode_buffer("abc").value)
data = bytearray(8)
c_int64.from_buffer(data).value = -1
print(data, (c_int * 3)(1, 2)[:], len((c_int * 4 * 2)()), (c_int * 2).__name__)
n = pointer(c_int(3))
n.contents.value = 4
print(n[0], bool(POINTER(c_int)()), type(byref(c_int())).__name__ != "")
try:
    CDLL("libthere-is-none.so.1")
except OSError as e:
    print("no library:", "libthere-is-none.so.1" in str(e))
