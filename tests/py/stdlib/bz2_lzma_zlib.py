"""bz2, lzma and zlib: round trips in pieces, limits, broken data; archives with all methods."""

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib

DATA = b"".join(b"line %d of some text\n" % (i * i) for i in range(3000))


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__)


def pieces(decompressor, data, size):
    out = [decompressor.decompress(data[i:i + size]) for i in range(0, len(data), size)]
    return b"".join(out) == DATA, decompressor.eof, decompressor.unused_data


packed = bz2.compress(DATA)
print(bz2.decompress(packed + packed) == DATA * 2, pieces(bz2.BZ2Decompressor(), packed, 100))
d = bz2.BZ2Decompressor()
print(len(d.decompress(packed, max_length=50)), d.needs_input, len(d.decompress(b"", 70)), d.eof)
attempt(lambda: bz2.decompress(b"no bzip2 data"))

for arguments in ({}, {"preset": 1}, {"check": lzma.CHECK_SHA256}, {"check": lzma.CHECK_NONE, "preset": 9 | lzma.PRESET_EXTREME},
                  {"format": lzma.FORMAT_ALONE}, {"filters": [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2}]}):
    packed = lzma.compress(DATA, **arguments)
    print(arguments, lzma.decompress(packed) == DATA, pieces(lzma.LZMADecompressor(), packed + b"tail", 1000))
raw = [{"id": lzma.FILTER_DELTA, "dist": 2}, {"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 2}]
packed = lzma.compress(DATA, format=lzma.FORMAT_RAW, filters=raw)
print(lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=raw) == DATA)
attempt(lambda: lzma.decompress(b"no lzma data"))
attempt(lambda: lzma.decompress(lzma.compress(DATA)[:-5]))
attempt(lambda: lzma.LZMADecompressor(memlimit=1000).decompress(lzma.compress(DATA)))
attempt(lambda: lzma.compress(DATA, filters=[{"id": 99}]))

c = zlib.compressobj(6)
first = c.compress(DATA[:5000]) + c.flush(zlib.Z_SYNC_FLUSH)
other = c.copy()
print(zlib.decompress(first + c.compress(DATA[5000:]) + c.flush()) == DATA,
      zlib.decompress(first + other.compress(b"else") + other.flush()) == DATA[:5000] + b"else")
packed = zlib.compress(DATA)
d = zlib.decompressobj()
head = d.decompress(packed[:2000], 300)
twin = d.copy()
print(head + d.decompress(d.unconsumed_tail + packed[2000:]) + d.flush() == DATA,
      head + twin.decompress(twin.unconsumed_tail + packed[2000:]) + twin.flush() == DATA)

for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as z:
        z.writestr("a.txt", DATA)
    with zipfile.ZipFile(file) as z:
        print(method, z.testzip(), z.read("a.txt") == DATA)
for mode in ("", "gz", "bz2", "xz"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:" + mode) as t:
        info = tarfile.TarInfo("b.txt")
        info.size = len(DATA)
        t.addfile(info, io.BytesIO(DATA))
    file.seek(0)
    with tarfile.open(fileobj=file) as t:
        print(mode, t.getnames(), t.extractfile("b.txt").read() == DATA)
