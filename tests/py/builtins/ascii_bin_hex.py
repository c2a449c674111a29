"""ascii, bin, oct, hex, chr and ord over their ranges."""


class I:
    def __index__(self):
        return 10


print(bin(I()), oct(I()), hex(I()), chr(I()), bin(-5), hex(2 ** 70), oct(0), bin(True), ascii("aé😀\n'"), ord("\U0010ffff"), chr(0x10ffff) == "\U0010ffff", [chr(c) for c in (65, 233)])
for bad in (lambda: bin(1.0), lambda: chr(2 ** 70), lambda: ord(b"ab"), lambda: hex("1"), lambda: chr("a"), lambda: ord(5)):
    try:
        bad()
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(ord(b"a"), ord(bytearray(b"z")))
