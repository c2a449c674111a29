def f(a, b):
    x = f"{a}" f"{b!r:>10}{a=}" "tail"
    y = "%s and %r" % (a, b)
    z = t"hello {a!s:{b}} {a + 1}"
    return "\ud800" + x, 1 + 2 * 3, -1j, "ab" * 3, (1, 2)[0], b"\xff", "\d"
