"""itertools: every function."""
import itertools as it
import operator

print(list(it.chain([1], "ab")), list(it.chain.from_iterable(["ab", "c"])), list(it.islice(it.count(5, 2), 3)), list(it.islice(it.cycle("ab"), 5)), list(it.repeat("x", 2)), list(it.accumulate([1, 2, 3])), list(it.accumulate([3, 1, 2], max, initial=0)))
print(list(it.product("ab", [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations("abc", 2)), list(it.combinations("abc", 2)), list(it.combinations_with_replacement("ab", 2)), list(it.pairwise("abc")), list(it.batched("abcde", 2)))
print([(k, list(g)) for k, g in it.groupby("aabbca")], [(k, len(list(g))) for k, g in it.groupby([1, 3, 2, 4], lambda v: v % 2)], list(it.compress("abcd", [1, 0, 1])), list(it.dropwhile(lambda v: v < 2, [1, 2, 1])), list(it.takewhile(lambda v: v < 2, [1, 2, 1])), list(it.filterfalse(None, [0, 1])), list(it.starmap(operator.add, [(1, 2)])), list(it.zip_longest("ab", [1], fillvalue="-")), [list(t) for t in it.tee([1, 2])], list(it.islice("abcdef", 1, None, 2)))
print(it.count(1), it.repeat(5), it.repeat(1, 3), next(it.count(2.5)), list(it.product()), list(it.permutations([])), list(it.combinations("a", 2)), list(it.pairwise("a")))
for call in (lambda: it.islice([1], -1), lambda: list(it.combinations("a", -1)), lambda: it.repeat(), lambda: list(it.batched("a", 0)), lambda: list(it.chain(5)), lambda: it.count("a"), lambda: list(it.batched("abc", 2, strict=True)), lambda: it.product(repeat="x")):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
g = it.groupby("aab")
k, first = next(g)
next(g)
print(list(first))
