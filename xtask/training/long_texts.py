"""Long texts and bytes: a log is taken apart, changed as a whole and put together again."""

import base64
import hashlib
import zlib

LEVELS = ("debug", "info", "warning", "error")


def log(lines):
    parts = []
    for i in range(lines):
        parts.append(f"2026-11-{i % 28 + 1:02d} {LEVELS[i % 4]:>8} worker-{i % 7}: request {i * 37 % 1009} took {i % 300 / 10} ms")
    return "\n".join(parts)


def summary(text):
    counts = dict.fromkeys(LEVELS, 0)
    slowest = 0.0
    for line in text.splitlines():
        if not line.startswith("2026") or not line.endswith("ms"):
            continue
        date, level, worker, rest = line.split(None, 3)
        counts[level.lower().strip()] += 1
        slowest = max(slowest, float(rest.rsplit(" ", 2)[1]))
    return counts, slowest


def rotated(text, by):
    return "".join([chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in text])


def main():
    total = 0
    table = str.maketrans("aeiou", "AEIOU", "-")
    for size in (400, 600, 800):
        text = log(size)
        counts, slowest = summary(text)
        total += sum(counts.values()) + int(slowest)
        for changed in (text.upper(), text.lower(), text.title(), text.swapcase(), text.translate(table)):
            total += changed.count("E") + changed.find("worker-6") + changed.rfind("ms")
        total += len(text.replace("request", "call").replace("\n", "\r\n")) + len(rotated(text[:4000], 13))
        total += len(", ".join(text.split(" "))) + len(text.casefold().center(len(text) + 8).strip())
        total += sum(1 for c in text[:8000] if c.isdigit() or c.isalpha() and not c.isspace())
        foreign = text.replace("worker", "Größe").replace("request", "запрос")
        for name in ("utf-8", "utf-16", "latin-1"):
            data = foreign.encode(name, "replace")
            total += len(data.decode(name)) + len(data.split(b" ")) + data.count(b"e") + len(data.hex())
        data = text.encode()
        packed = zlib.compress(data)
        total += len(zlib.decompress(packed)) + len(base64.b64decode(base64.b64encode(data))) + zlib.crc32(data)
        total += len(hashlib.sha256(data).hexdigest()) + data.translate(bytes(range(256))).find(b"error")
    print(total % 1000003)


for _ in range(6):
    main()
