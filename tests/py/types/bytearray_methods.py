"""bytearray: changes in place."""
a = bytearray(b"hello")
a[0] = 72
a[1:3] = b"EYY"
a.append(33)
a.extend(b"??")
a += b"!"
a.insert(0, 62)
print(a, len(a), a.pop(), a.pop(0), a)
a.reverse()
a.remove(ord("Y"))
del a[0], a[::3]
print(a, a.copy() == a, a * 2, bytes(a), a == bytes(a), a.upper(), a.find(b"o"), repr(bytearray()))
a.clear()
a *= 3
print(a, bytearray(2), bytearray([65]), bytearray("é", "utf-8"), bytearray(b"abc")[::-1], bytearray(b"x,y").split(b","))
for source in ("a.pop()", "a.append(256)", "a.append('x')", "a.remove(1)", "bytearray(b'abc').__setitem__(0, 'x')", "hash(a)", "bytearray(b'ab').__setitem__(slice(0, 2, 2), b'xyz')", "a.extend([1, 'x'])", "a.extend(5)", "bytearray('x')", "a[0]", "bytearray(b'x').index(b'y')"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
m = memoryview(b := bytearray(b"lock"))
try:
    b.append(1)
except BufferError as e:
    print(e)
m.release()
b.append(1)
print(b)
