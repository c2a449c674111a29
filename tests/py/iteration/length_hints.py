"""list() and friends with wrong length hints."""


class H:
    def __init__(self, hint):
        self.hint = hint

    def __iter__(self):
        return iter([1, 2])

    def __length_hint__(self):
        if isinstance(self.hint, Exception):
            raise self.hint
        return self.hint


for h in (0, 1, 100, NotImplemented, -1, "a", TypeError("t"), ValueError("v")):
    try:
        print(repr(h), list(H(h)))
    except Exception as e:
        print(repr(h), type(e).__name__, e)
