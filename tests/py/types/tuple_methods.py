"""tuple: methods, comparison, hashing, repr."""
t = (1, "a", 2.5, 1)
print(t.count(1), t.index("a"), t.index(1, 1), t[1:], t[::-1], t + (5,), t * 2, len(t), (1,), (), tuple("ab"), tuple([1]), tuple(range(2)), 1 in t)
print((1, 2) < (1, 3), (1,) < (1, 0), (1, 2) == (1, 2.0), () < (0,), hash((1, 2)) == hash((1, 2)), ((1, 2), [3])[0], (1, 2).__add__((3,)), tuple() == ())
for source in ("t[10]", "t.index(99)", "t[0:1] + [1]", "(1,) < 1", "hash(([],))", "t.__setitem__(0, 1)", "tuple(5)", "(1, 2) * 1.5", "t['a']", "tuple(1, 2)"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
try:
    t[0] = 1
except TypeError as e:
    print(e)
try:
    del t[0]
except TypeError as e:
    print(e)
print(repr(((),)), str((1, "x", None)), (1, 2, 3).__iter__().__length_hint__())
