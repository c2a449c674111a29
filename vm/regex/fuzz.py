"""Compares the engine with CPython's on random patterns: `python3 fuzz.py PROBE [SECONDS [SEED]]`, with `examples/probe`.

`python3 fuzz.py --record` prints `tests/answers.txt`: patterns that name everything there is, and some random ones.
"""

import random
import re
import signal
import subprocess
import sys
import time
import warnings
from re import _compiler, _parser

warnings.simplefilter("ignore")
CHARS = ["a", "b", "c", "A", "B", "_", "1", "2", " ", "\n", "-", "é", "É", "ß", "日", "ſ", "k", "K", "\u212a", "i", "İ", "😀"]
ASCII = [c for c in CHARS if c < "\x7f"]


# Possessive repeats only with `possessive` as the last argument, and then without groups: CPython leaves in groups what a
# failed way has captured.
SUFFIXES = ["", "", "", "?", "+"] if "possessive" in sys.argv else ["", "", "?"]


class Timeout(Exception):
    pass


def expire(*_):
    raise Timeout


class Maker:
    """Makes patterns by a grammar."""

    def __init__(self, rng, is_bytes):
        self.rng = rng
        self.groups = 0
        self.closed = []
        self.is_bytes = is_bytes
        self.alphabet = ASCII if is_bytes or rng.random() < 0.6 else CHARS
        if rng.random() < 0.5:
            self.alphabet = self.alphabet[:3]

    def char(self):
        return re.escape(self.rng.choice(self.alphabet))

    def set(self):
        rng = self.rng
        out = "[" + ("^" if rng.random() < 0.3 else "")
        for _ in range(rng.randint(1, 4)):
            kind = rng.random()
            if kind < 0.5:
                out += self.char()
            elif kind < 0.75:
                out += rng.choice(["a-c", "A-Z", "0-9", "b-z", "\\x80-\\xff", "é-日" if not self.is_bytes else "a-b"])
            else:
                out += rng.choice(["\\w", "\\d", "\\s", "\\W", "\\D", "\\S"])
        return out + "]"

    def atom(self, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.34 or depth <= 0:
            return self.char()
        if kind < 0.42:
            return rng.choice([".", "\\w", "\\d", "\\s", "\\W", "\\S"])
        if kind < 0.52:
            return self.set()
        if kind < 0.58:
            return rng.choice(["^", "$", "\\b", "\\B", "\\A", "\\Z"])
        if kind < 0.74:
            self.groups += 1
            number = self.groups
            body = self.alternatives(depth - 1)
            self.closed.append(number)
            return f"({body})"
        if kind < 0.84:
            return f"(?:{self.alternatives(depth - 1)})"
        if kind < 0.87:
            return f"(?>{self.alternatives(depth - 1)})"
        if kind < 0.91:
            return f"(?{rng.choice('=!')}{self.alternatives(depth - 1)})"
        if kind < 0.93:
            return f"(?<{rng.choice('=!')}{''.join(rng.choice([self.char(), '.', self.set()]) for _ in range(rng.randint(0, 2)))})"
        if kind < 0.94 and not self.is_bytes:
            return f"(?{rng.choice(['i', 's', 'm', 'a', '-i', 'ia'])}:{self.alternatives(depth - 1)})"
        if self.closed and kind < 0.97:
            return f"\\{rng.choice(self.closed)}"
        if self.groups and kind < 0.99:
            return f"(?({rng.randint(1, self.groups)}){self.sequence(depth - 1)}|{self.sequence(depth - 1)})"
        return self.char() + self.char()

    def quantified(self, depth):
        atom = self.atom(depth)
        if self.rng.random() < 0.55:
            return atom
        repeat = self.rng.choice(["*", "+", "?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}", "{,2}", "{1,}"])
        return atom + repeat + self.rng.choice(SUFFIXES)

    def sequence(self, depth):
        return "".join(self.quantified(depth) for _ in range(self.rng.randint(0 if depth < 2 else 1, 4)))

    def alternatives(self, depth):
        count = self.rng.choice([1, 1, 1, 2, 2, 3, 4])
        return "|".join(self.sequence(depth) for _ in range(count))

    def text(self):
        rng = self.rng
        size = rng.choice([0, 1, 3, 6, 10, 14, 30])
        return "".join(rng.choice(self.alphabet + ["a"]) for _ in range(size))


def hexed(data):
    return data.hex() or "-"


def spans(m, text, groups):
    offset = (lambda i: i) if isinstance(text, bytes) else (lambda i: len(text[:i].encode("utf-8", "surrogatepass")))
    out = [f"{offset(m.start())},{offset(m.end())}"]
    for i in range(1, groups + 1):
        out.append("-" if m.start(i) < 0 else f"{offset(m.start(i))},{offset(m.end(i))}")
    return " ".join(out) + f" {m.lastindex or 0}"


def ask(source, flags, text, at=None):
    """Questions about a pattern on a text, with CPython's answers."""
    pattern = re.compile(source, flags)
    code = _compiler._code(_parser.parse(source, flags), flags)
    words = ",".join(str(int(w)) for w in code)
    is_bytes = isinstance(text, bytes)
    kind = "bytes" if is_bytes else "text"
    raw = text if is_bytes else text.encode("utf-8", "surrogatepass")
    offset = (lambda i: i) if is_bytes else (lambda i: len(text[:i].encode("utf-8", "surrogatepass")))

    def one(mode, from_, not_at, call):
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        try:
            m = call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        question = f"{kind} {mode} {from_} {not_at} {pattern.groups} {words} {hexed(raw)}"
        return m, (source, flags, text, question, "-" if m is None else spans(m, text, pattern.groups))

    for mode in ("search", "match", "fullmatch"):
        start = min(at() if at else 0, len(text))
        yield one(mode, offset(start), "-", lambda: getattr(pattern, mode)(text, start))[1]
    scanner = pattern.scanner(text)
    start, not_at = 0, "-"
    for _ in range(6):
        m, question = one("search", offset(start), not_at, scanner.search)
        yield question
        if m is None:
            break
        start = m.end()
        not_at = offset(start) if m.start() == m.end() else "-"


def questions(rng, depth=3):
    """Questions about one random pattern."""
    is_bytes = rng.random() < 0.25
    maker = Maker(rng, is_bytes)
    source = maker.alternatives(depth)
    flags = 0
    for flag in (re.I, re.M, re.S):
        if rng.random() < 0.2:
            flags |= flag
    if is_bytes:
        source = source.encode("latin-1", "ignore")
        if rng.random() < 0.1:
            flags |= re.L
    elif rng.random() < 0.15:
        flags |= re.A
    try:
        pattern = re.compile(source, flags)
    except (re.error, OverflowError, ValueError):
        return
    if "possessive" in sys.argv and pattern.groups:
        return
    for _ in range(4):
        text = maker.text()
        if is_bytes:
            text = text.encode("latin-1", "ignore")
        # From Python 3.14 on \\B matches there.
        if not text and "\\B" in str(source):
            continue
        try:
            yield from ask(source, flags, text, lambda: rng.choice([0, 0, 0, 1, 2]))
        except (Timeout, SystemError):
            continue


CHOSEN = [
    (r"abc", "xabcabc"), (r"a.c", "a\nc abc"), (r"(?s)a.c", "a\nc"), (r"[^a]", "ab"), (r"[^a-c\d]+", "abx1yz"), (r"\w+|\W", "aé_ 日1"),
    (r"(?a)\w+", "aé_ 日1"), (r"\d+", "12 ٣٤"), (r"\s+", "a \t\u2003\x1cb"), (r"[\s\S]+?b", "a\nbb"), (r"^\w+$", "a\nb\n"), (r"(?m)^\w+$", "a\nb\n"),
    (r"\A\w\Z", "a"), (r"\bfoo\b", "foofoo foo"), (r"\Bo\B", "foob"), (r"(a)|(b)", "ba"), (r"(a(b)?)+", "abaab"), (r"(?:(a)|b)*", "abba"),
    (r"(a*)*", "aab"), (r"(a*)+?b", "aab"), (r"(a|ab)(c|bcd)(d*)", "abcd"), (r"(?:a|ab)(?:c|bcd)d*", "abcd"), (r"(\w)\1", "abba"),
    (r"(?i)(\w+) \1", "Straße STRASSE é É é"), (r"(?i)[a-f]+k", "ABCdefK \u212a"), (r"(?i)ſtraſe", "STRASE"), (r"(?i)é日İ", "É日i"), (r"(?i)[^é-日]", "ÉÀx"),
    (r"(a)?(?(1)b|c)", "abc"), (r"(<)?\w+(?(1)>)", "<a> b <c"), (r"(?=(a+))a*b\1", "baaabac"), (r"a(?!b)", "abac"), (r"(?<=é)a", "éa"),
    (r"(?<!ab)c", "abc c"), (r"(?<=(\w)\d)x", "a1x"), (r"(?>a+)b", "aaab"), (r"(?>a|ab)c", "abc"), (r"a++b", "aaab"), (r"(?:ab)++c", "ababc"), (r"(?:ab){1,2}+a", "abababa"),
    (r"a{2,3}", "aaaaa"), (r"a{2,3}?", "aaaaa"), (r"(?:ab){2}", "ababab"), (r"(?:a|b){2,3}?c", "ababc"), (r"(ab){,2}?c", "ababc"), (r".*?b", "aab\nb"), (r"<.*>", "<a><b>"),
    (r"<.*?>", "<a><b>"), (r"\w*é", "caféé"), (r"\w*?é", "caféé"), (r"[а-яé]+", "привет café"), (r"\"(?:[^\"\\]|\\.)*\"", 'a "b\\"c" d'), (r"(?:[ab]|cd|c)*d", "abcdcd"),
    (r"foo|foobar|bar", "foobarbar"), (r"(?:foo|fob|bar)+$", "foobarfob"), (r"(?P<n>\d+)|(?P<w>[a-z]+)|(?P<o>[-+])", "12+ab"), (r"", "ab"), (r"x*", "axxb"), (r"x*?", "axxb"),
    (r"(?!)|b", "ab"), (r"[^\s\S]|b", "ab"), (r"[^\s\S]*b", "ab"), (r"\s+$", "a  b  "), (r"(?:\w+\W+){2}", "a b c d"), (r"[a-z]+\d*/(\d)?", "abc12/3 d/"),
    (rb"[\x80-\xff]+", b"a\xe9\xff"), (rb"(?i)\xe9A", b"\xe9a\xc9A"), (rb"(?Li)\xe9[a-c]", b"\xe9B"), (rb"\w\b.", b"a\xe9"), (rb"(?i)(a)\1", b"aA"), (rb"(?Li)(a)\1[^b]", b"aAc"),
    ("[\U00010400-\U0001044f]+", "\U00010428a"), ("(?i)[\U00010400-\U00010410]+", "\U00010428a"), ("(?i)\U00010400", "\U00010428"), ("\ud800+", "a\ud800b"),
    ("[" + "".join(map(chr, range(0x100, 0x900, 3))) + "]+", "\u0100\u0103\u0104"),
]


def record():
    """Prints questions and answers."""
    rng = random.Random(7)
    lines = []
    for source, text in CHOSEN:
        lines.extend(ask(source, 0, text))
    while len(lines) < 1200:
        new = list(questions(rng, rng.choice([1, 2])))
        new = [line for line in new if len(line[3]) < 300]
        lines.extend(rng.sample(new, min(3, len(new))))
    for source, flags, text, question, expected in lines:
        print(f"{question} = {expected} # {source!r}")


def main():
    signal.signal(signal.SIGALRM, expire)
    if sys.argv[1] == "--record":
        return record()
    probe = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
    rng = random.Random(seed)
    begin, asked, wrong, patterns = time.time(), 0, 0, 0
    while time.time() - begin < seconds:
        batch = []
        for _ in range(300):
            patterns += 1
            batch.extend(questions(rng))
        lines = "\n".join(b[3] for b in batch) + "\n"
        done = subprocess.run([probe], input=lines, capture_output=True, text=True)
        answers = done.stdout.split("\n")
        if done.returncode:
            print("the probe died:", done.stderr[-2000:], len(answers))
            print(batch[min(len(answers), len(batch)) - 1])
            return 1
        for (source, flags, text, question, expected), answer in zip(batch, answers):
            asked += 1
            if answer != expected:
                wrong += 1
                if wrong < 40:
                    print(f"{source!r} {flags} {text!r} {' '.join(question.split()[:4])}: {answer} instead of {expected}")
    print(f"seed {seed}: {patterns} patterns, {asked} questions, {wrong} differ")
    return 1 if wrong else 0


sys.exit(main())
