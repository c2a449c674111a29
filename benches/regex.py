"""Regular expressions: scanning, groups, substitution, splitting, alternation over a log."""

import re

LINES = [
    f'10.0.{i % 256}.{i * 7 % 256} - user{i % 13} [12/Mar/2024:10:{i % 60:02d}:{i * 3 % 60:02d}] '
    f'"GET /path/{i}/item?id={i * 17} HTTP/1.1" {200 if i % 9 else 404} {i * 31}'
    for i in range(4500)
]
TEXT = "\n".join(LINES)
LOG = re.compile(r'^(\d+\.\d+\.\d+\.\d+) - (\w+) \[([^\]]+)\] "(GET|POST) ([^ ]+) HTTP/1\.\d" (\d{3}) (\d+)$', re.M)


def main():
    total = 0
    for line in LINES:
        match = LOG.match(line)
        total += int(match.group(6)) + len(match[5])
    total += len(LOG.findall(TEXT))
    total += sum(int(m.group(1)) for m in re.finditer(r"id=(\d+)", TEXT))
    total += len(re.sub(r"user(\d+)", lambda m: f"<{m[1]}>", TEXT))
    total += len(re.split(r"[\s\[\]\"]+", TEXT))
    total += len(re.findall(r"(?i)\b(?:path|item|http)\b", TEXT))
    total += len(re.findall(r"(?P<word>[a-z]+)\d*/(?P=word)?", TEXT))
    total += len(re.findall(r"\d+(?=\n10)|(?<=GET )/\w+", TEXT))
    print(total)


main()
