"""slice objects as keys, extended indexing, Ellipsis."""


class M:
    def __getitem__(self, k):
        return k


m = M()
print(m[1], m[1:2], m[::], m[1, 2], m[1:2, ::3], m[...], m[..., 0], m[()], m[(1, 2)], m[*[1, 2]], m[1:2, *"ab"], m[None])
print(slice(1, 2, 3).__repr__(), slice("a", "b"), slice(5).stop, slice(1, 2) == slice(1, 2))
for call in (lambda: slice(), lambda: slice(1, 2, 3, 4), lambda: slice("a").indices(5), lambda: slice(1).indices(-1), lambda: [1, 2, 3][::"x"]):
    try:
        print(call())
    except (TypeError, ValueError) as e:
        print(e)


class I:
    def __index__(self):
        return 1


print([1, 2, 3][I():], "abc"[I()], (1, 2, 3)[:I()], [1, 2][-I()] if False else "", bytes(b"ab")[I()])
