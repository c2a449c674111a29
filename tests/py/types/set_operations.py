"""set and frozenset: every operation, comparison, errors."""
a, b = {1, 2, 3}, {3, 4}
show = sorted
print(show(a | b), show(a & b), show(a - b), show(a ^ b), a <= {1, 2, 3, 4}, a < a, a >= {1}, a > {1}, a == {3, 2, 1}, a != b, a.isdisjoint({9}), 2 in a)
print(show(a.union([9], "x") - {"x"}), show(a.intersection([1, 2], {2})), show(a.difference([1], [2])), show(a.symmetric_difference([1, 9])), a.issubset(range(5)), a.issuperset([1]))
c = a.copy()
c.add(10)
c.discard(99)
c.discard(1)
c.remove(2)
c.update([20], (30,))
c.intersection_update({3, 20, 30})
c.difference_update([20])
c.symmetric_difference_update([3, 5])
print(show(c))
c |= {7}
c &= {5, 7, 30}
c -= {30}
c ^= {7, 8}
print(show(c), len(c), set(), frozenset(), frozenset([1]), {1}, set("a"), repr(set([()])), bool(set()))
f = frozenset([1, 2])
print(hash(f) == hash(frozenset([2, 1])), f == {1, 2}, {f: 1}[frozenset([1, 2])], type(f | {3}).__name__, type({3} | f).__name__, f.copy() is f, {1} in {f, frozenset([1])}, f < {1, 2, 3})
for source in ("{[]}", "set().pop()", "{1}.remove(2)", "a | [1]", "a < [1]", "a + b", "set(5)", "hash(a)", "frozenset().add", "{1, {2}}", "a.union(5)", "{1}.add()", "set(1, 2)", "a[0]", "set().remove([])", "set().discard({})"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
s = {1, 2}
try:
    for x in s:
        s.add(x + 10)
except RuntimeError as e:
    print(e)
p = {5}
print(p.pop(), p)
