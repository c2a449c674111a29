"""What command-line tools do: arguments, logging, paths and files, templates, configuration, hashing."""

import argparse
import base64
import configparser
import hashlib
import io
import logging
import os
import pathlib
import shlex
import string
import struct
import tempfile
import urllib.parse
import zlib


def parser():
    made = argparse.ArgumentParser(prog="tool", description="A tool.")
    made.add_argument("--verbose", "-v", action="count", default=0)
    made.add_argument("--output", "-o", metavar="FILE", type=pathlib.Path)
    sub = made.add_subparsers(dest="command", required=True)
    add = sub.add_parser("add")
    add.add_argument("names", nargs="+")
    add.add_argument("--level", type=int, choices=range(5), default=1)
    sub.add_parser("list").add_argument("--all", action="store_true")
    return made


def main():
    total = 0
    lines = ["-v add a b c --level 3", "list --all", "-o 'x y.txt' add name", "-vv list"]
    for i in range(12):
        made = parser()
        for line in lines:
            options = made.parse_args(shlex.split(line))
            total += options.verbose + len(vars(options))
        total += len(made.format_help())
    stream = io.StringIO()
    log = logging.getLogger("tool.part")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)-8s %(name)s:%(lineno)d %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    for i in range(800):
        log.debug("never %s", i)
        log.info("step %d of %s", i, "many")
    total += len(stream.getvalue().splitlines())
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for i in range(30):
            path = root / f"d{i % 3}" / f"file{i}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"line {n} of {i}\n" for n in range(50)), encoding="utf-8")
        for base, folders, files in os.walk(root):
            for name in sorted(files):
                with open(os.path.join(base, name), encoding="utf-8") as file:
                    for line in file:
                        total += len(line.rstrip().split())
        total += sum(path.stat().st_size for path in root.rglob("*.txt"))
        total += len([p for p in root.glob("*/file1*") if p.suffix == ".txt" and p.stem[4:].isdigit()])
    config = configparser.ConfigParser()
    config.read_string("[a]\nx = 1\ny = %(x)s2\n[b]\nz: text\n" * 1)
    total += config.getint("a", "y")
    template = string.Template("Dear $name, you owe ${amount}$$.")
    for i in range(500):
        total += len(template.substitute(name=f"n{i}", amount=i))
        url = f"https://host{i}.example/path/{i}?q={urllib.parse.quote('a b&ü')}&n={i}"
        parts = urllib.parse.urlsplit(url)
        total += len(parts.netloc) + len(urllib.parse.parse_qs(parts.query))
        packed = struct.pack("<IhQ", i, -i, i * i)
        total += sum(struct.unpack("<IhQ", packed)) + len(base64.b64encode(packed))
        total += hashlib.sha256(packed).digest()[0] + zlib.crc32(packed) % 7
    print(total > 0)


main()
