"""enumerate with a start, reversed over what supports it."""
print(list(enumerate("ab", start=3)), list(enumerate([], 1)), list(reversed(range(3))), list(reversed("ab")), list(reversed({1: 2, 3: 4})), list(reversed([])))


class R:
    def __reversed__(self):
        return iter("custom")


class S:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return i * 2


print("".join(reversed(R())), list(reversed(S())))
for bad in (lambda: reversed({1}), lambda: reversed(iter([])), lambda: enumerate(), lambda: enumerate([], "a"), lambda: reversed()):
    try:
        bad()
    except TypeError as e:
        print(e)
