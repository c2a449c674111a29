"""Builds a wheel and a source distribution (plugins by entry points and hooks), and lists what is in them."""
import glob
import os
import sys
import tarfile
import zipfile

from hatchling.cli import hatchling

os.environ["SOURCE_DATE_EPOCH"] = "1700000000"

if __name__ == "__main__":
    code = hatchling()
    for path in sorted(glob.glob("dist/*")):
        print(path)
        if path.endswith(".whl"):
            with zipfile.ZipFile(path) as z:
                for info in z.infolist():
                    print(info.filename, info.date_time, info.file_size)
                    if "dist-info" in info.filename:
                        print(z.read(info).decode())
        else:
            with tarfile.open(path) as t:
                print([(m.name, m.mtime, m.size) for m in t])
    sys.exit(code)
