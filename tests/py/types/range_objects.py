"""range: arithmetic, membership, slices, comparison, huge ranges."""
print(range(5), range(1, 5), range(1, 10, 3), list(range(10, 0, -3)), len(range(0, 10, 3)), list(range(0)), list(range(5, 1)))
r = range(0, 100, 7)
print(r[3], r[-1], r[2:5], r[::-1], 14 in r, 15 in r, 14.0 in r, "a" in r, r.index(21), r.count(7), r.count(8), r.start, r.stop, r.step)
print(range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2), hash(range(3)) == hash(range(0, 3)), range(3) != [0, 1, 2], list(reversed(range(5))), bool(range(0)))
big = range(10 ** 20, 10 ** 20 + 10, 3)
print(big, list(big), big[-1], 10 ** 20 + 3 in big, big.index(10 ** 20 + 6), range(2 ** 70)[2 ** 69], max(range(5)), sum(range(101)))
for source in ("range()", "range(1.5)", "range(1, 2, 0)", "range('a')", "r[100]", "r.index(1)", "range(1, 2, 3, 4)", "len(range(10 ** 30))", "r['a']", "r.x", "range(5) + range(3)"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
it = iter(range(3))
next(it)
print(it.__length_hint__(), list(it), type(it).__name__)
