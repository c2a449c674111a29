"""Makes the pure-Python wheels that ../shared/apps asks for out of binary ones: `pure_wheels.py APPS.toml FOLDER`.

run_apps.py would build them from source distributions, which for PyYAML means compiling Cython. The Python files in the binary
wheels are the same.
"""
import base64
import csv
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

NATIVE = (".so", ".pyd", ".c", ".h", ".pyx", ".pxd")


def purify(wheel, package, stem, target):
    files = {}
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(wheel) as old:
        for name in old.namelist():
            base = name.rsplit("/", 1)[-1]
            if name.startswith(f"{package}/") and base and not name.endswith(NATIVE):
                files[name] = old.read(name)
            elif ".dist-info/" in name and base in ("METADATA", "entry_points.txt"):
                files[f"{info}/{base}"] = old.read(name)
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: freeze\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(data)])
    rows.writerow([f"{info}/RECORD", "", ""])
    files[f"{info}/RECORD"] = record.getvalue().encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name, data)


def main(apps, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for wanted in tomllib.loads(Path(apps).read_text()).get("pure_wheel", []):
        name, version = wanted["req"].split("==")
        stem = f"{re.sub(r'[-.]+', '_', name).lower()}-{version}"
        target = folder / f"{stem}-py3-none-any.whl"
        if target.exists():
            continue
        with tempfile.TemporaryDirectory() as scratch:
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
            subprocess.run([*pip, "--only-binary", ":all:", "-d", scratch, wanted["req"]], check=True)
            purify(next(Path(scratch).glob("*.whl")), wanted["package"], stem, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
