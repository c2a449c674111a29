"""zipfile and gzip with deflate."""
import gzip
import io
import zipfile

b = io.BytesIO()
with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("a.txt", "text " * 100)
    z.writestr("d/b.bin", bytes(range(256)), compress_type=zipfile.ZIP_STORED)
    z.mkdir("e")
with zipfile.ZipFile(b) as z:
    print(z.namelist(), z.read("a.txt")[:9], z.getinfo("a.txt").compress_size < 100, z.testzip(), [i.file_size for i in z.infolist()], z.open("d/b.bin").read(3))
    z.extractall("out")
    try:
        z.read("nope")
    except KeyError as e:
        print(e)
import os
print(sorted(os.listdir("out")), zipfile.is_zipfile(b), zipfile.Path(b, "d/").joinpath("b.bin").name)
try:
    zipfile.ZipFile(io.BytesIO(b"junk"))
except zipfile.BadZipFile as e:
    print(e)
g = gzip.compress(b"abc" * 50, mtime=0)
print(gzip.decompress(g) == b"abc" * 50, g[:3])
with gzip.open("x.gz", "wt") as f:
    f.write("l1\nl2\n")
print(gzip.open("x.gz", "rt").readlines())
