"""Formatting: f-strings, str.format, % and format()."""


def main():
    size = 0
    for i in range(40_000):
        x = i / 7
        size += len(f"{i:>8}|{x:.3f}|{i!r}|{'on' if i & 1 else 'off':<5}")
        size += len("{} {:05d} {name}".format(i, i % 1000, name="n"))
        size += len("%s-%d-%05.2f-%x" % ("key", i, x, i))
        size += len(f"{i:,}" + str(i) + repr(x))
    print(size)


main()
