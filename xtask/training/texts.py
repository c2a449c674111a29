"""Texts: tokens, counting, tables, formatting, regular expressions, encoding."""

import re
import string
import textwrap

SOURCE = """
[server]
host = example.org   ; where it listens
port = 8080
paths = /var/log, /tmp/été, /home/user/data
"quoted key" = "a value; with = signs"
ratio=0.75
"""
TOKEN = re.compile(r'\s*(?:(?P<word>[\w./-]+)|(?P<text>"[^"]*")|(?P<mark>[][=,;]))')


def tokens(line):
    at = 0
    while at < len(line):
        found = TOKEN.match(line, at)
        if not found:
            at += 1
            continue
        kind = found.lastgroup
        yield kind, found[kind]
        at = found.end()


def config(text):
    section, values = "", {}
    for line in text.splitlines():
        line = line.split(";")[0].strip() if '"' not in line else line.strip()
        if not line:
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        else:
            key, _, value = line.partition("=")
            values[f"{section}.{key.strip().lower()}"] = [part.strip(' "') for part in value.split(",")]
    return values


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for name, number, share in rows:
        lines.append(f"{name:<{widths[0]}} | {number:>{widths[1]},} | {share:8.3f} | {share:6.1%}")
    return "\n".join(lines)


def words(text):
    counts = {}
    for word in re.findall(r"[a-z]+", text.lower()):
        counts[word] = counts.get(word, 0) + 1
    return counts


def camel(name):
    parts = name.split("_")
    return parts[0] + "".join(part.capitalize() for part in parts[1:])


def snake(name):
    out = []
    for ch in name:
        if ch.isupper():
            out.append("_")
            ch = ch.lower()
        out.append(ch)
    return "".join(out)


def main():
    total = 0
    for _ in range(120):
        total += sum(len(token) for line in SOURCE.splitlines() for _, token in tokens(line))
        total += len(config(SOURCE))
    text = (string.ascii_letters + " the cat and the dog; naïve café — \u4e2d\u6587 ") * 20
    for i in range(60):
        counts = words(text)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        total += len(table([(word, number * 1000 + i, number / 7) for word, number in ranked]))
        total += len(textwrap.fill(text[:300], 40).encode("utf-8"))
        total += text.count("cat") + text.find("中") + len(text.replace("the", "THE").upper().title())
        total += len(re.sub(r"(\w+) and (\w+)", r"\2 or \1", text))
        total += sum(map(ord, text[i : i + 100]))
    for i in range(3000):
        name = f"value_of_{i}_thing"
        total += len(camel(name)) + (snake(camel(name)) == name)
        total += len("%s=%d (%5.2f)" % (name, i, i / 3)) + len("{0:>10}|{name!r}".format(i, name=name))
        total += name.startswith(("value", "x")) + name.endswith("thing") + name.isidentifier()
        total += int(str(i)) + len(",".join([name, str(i), repr(i)]).split(","))
    data = text.encode()
    total += len(data.decode()) + data.count(b"e") + len(data.hex()) + len(bytes(reversed(data)))
    print(total)


main()
