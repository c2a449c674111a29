"""Texts in which ASCII and other characters alternate: what has a quick way for words or bytes agrees with going by characters."""

import random

random.seed(5)
LETTERS = ["a", "Z", "q", " ", "\t", "ß", "é", "Ω", "Σ", "σ", "ǆ", "中", "\U0001f600", "i̇", "'", "-", "_", "1"]


def texts():
    for size in (0, 1, 5, 15, 16, 17, 63, 64, 65, 130, 300, 700):
        yield "".join(random.choices(LETTERS, k=size))
        yield "plain words and " * (size // 20) + "".join(random.choices(LETTERS, k=5)) + "more words" * (size // 30)


def replace(text, old, new, most):
    out, at = [], 0
    while at < len(text):
        if most != 0 and text[at:at + len(old)] == old:
            out.append(new)
            at += len(old)
            most -= 1
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


for text in texts():
    chars = list(text)
    assert [text[i] for i in range(len(text))] == chars
    assert [text[-i - 1] for i in range(len(text))] == chars[::-1]
    for _ in range(20):
        a, b = random.randrange(len(text) + 1), random.randrange(len(text) + 1)
        assert text[a:b] == "".join(chars[a:b]), (text, a, b)
    for old in ("a", "ß", "wo", "Zq", "中", "words", "s and", "\U0001f600"):
        for new in ("", "x", "日本", "longer"):
            for most in (-1, 0, 1, 3):
                assert text.replace(old, new, most) == replace(text, old, new, most), (text, old, new, most)
        assert text.count(old) == sum(text.startswith(old, i) for i in range(len(text)))
        assert text.find(old) == next((i for i in range(len(text)) if text.startswith(old, i)), -1)
        data = text.encode()
        assert data.replace(old.encode(), b"+") == text.replace(old, "+").encode()
    assert text.upper() == "".join(c.upper() for c in text)
    print(ascii(text.lower())[-40:], ascii(text.title())[-40:], ascii(text.swapcase())[-40:], ascii(text.casefold())[-40:])
