"""Strings: building, splitting, joining, searching, replacing, slicing, encoding."""

WORDS = "the quick brown fox jumps over the lazy dog while größere Füchse schlafen".split()


def build(n):
    text = ""
    for i in range(n):
        text += WORDS[i % len(WORDS)]
        text += " "
    return text


def count(text):
    counts = {}
    for word in text.split():
        key = word.lower().strip(".,")
        counts[key] = counts.get(key, 0) + 1
    return counts


def main():
    total = 0
    for _ in range(40):
        text = build(5000)
        total += len(text) + sum(count(text).values())
        total += text.count("fox") + text.find("schlafen") + len(text.replace("quick", "slow"))
        total += len(",".join(text.split(" ")))
        total += sum(1 for c in text[:6000] if c.isalpha() and c != "e")
        total += sum(ord(c) for c in text[1000:5000])
        total += len(text.upper().title().encode("utf-8").decode("utf-8"))
        for i in range(0, 8000, 4):
            if text[i:i + 4].startswith("th"):
                total += 1
    print(total)


main()
