"""Writes src/names.z and src/aliases.z from the names of characters: `python3 generate.py UnicodeData.txt NameAliases.txt`.

The input's lines begin with a code point in hexadecimal and a name, separated by semicolons, in ascending order. Names that
follow from the code point (Hangul syllables, ideographs and others numbered by it) are left out: src/lib.rs makes them. The
output is text: a line for each name, and a line `=HEX` in front of one whose code point does not follow the last one's.
Aliases are lines of a code point and a name.
"""

import pathlib
import sys
import zlib


def main():
    lines, last = [], None
    for line in open(sys.argv[1], encoding="ascii"):
        point, name = line.rstrip("\n").split(";")[:2]
        if name.startswith(("<", "HANGUL SYLLABLE ")) or name.endswith("-" + point):
            continue
        if last is None or int(point, 16) != last + 1:
            lines.append(f"={point.lstrip('0')}")
        lines.append(name)
        last = int(point, 16)
    text = "\n".join(lines).encode() + b"\n"
    pathlib.Path(__file__).with_name("src").joinpath("names.z").write_bytes(zlib.compress(text, 9))

    aliases = []
    for line in open(sys.argv[2], encoding="utf-8"):
        if ";" in line and not line.startswith("#"):
            point, name = line.split(";")[:2]
            aliases.append(f"{point.lstrip('0') or '0'} {name}")
    text = "\n".join(aliases).encode() + b"\n"
    pathlib.Path(__file__).with_name("src").joinpath("aliases.z").write_bytes(zlib.compress(text, 9))


main()
