"""hashlib, hmac, base64, binascii, zlib checksums."""
import base64
import binascii
import hashlib
import hmac
import zlib

for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    h = hashlib.new(name, b"abc")
    print(name, h.hexdigest()[:32], h.digest_size, h.block_size, h.name)
h = hashlib.sha256()
h.update(b"a"); c = h.copy(); h.update(b"bc")
print(h.hexdigest() == hashlib.sha256(b"abc").hexdigest(), c.hexdigest()[:8], hashlib.shake_128(b"x").hexdigest(5), hmac.new(b"k", b"m", "sha256").hexdigest()[:16], hmac.compare_digest("a", "a"), hashlib.pbkdf2_hmac("sha256", b"p", b"s", 10).hex()[:16])
print(base64.b64encode(b"hello\xff"), base64.b64decode("aGVsbG8="), base64.urlsafe_b64encode(b"\xfb\xff"), base64.b32encode(b"hi"), base64.b16decode("4142"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.encodebytes(b"x" * 60), base64.b32decode("NBUQ===="))
print(binascii.hexlify(b"\x01\xff", "-"), binascii.unhexlify("01ff"), binascii.crc32(b"abc"), binascii.b2a_base64(b"x", newline=False), binascii.crc_hqx(b"abc", 0), zlib.crc32(b"abc"), zlib.adler32(b"abc"))
z = zlib.compress(b"data" * 100)
print(zlib.decompress(z) == b"data" * 100, len(z) < 50, zlib.decompressobj().decompress(z)[:4])
for call in (lambda: base64.b64decode("a"), lambda: binascii.unhexlify("0"), lambda: binascii.unhexlify("zz"), lambda: hashlib.new("nope"), lambda: hashlib.md5("text"), lambda: zlib.decompress(b"bad"), lambda: base64.b16decode("zz")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
