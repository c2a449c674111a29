"""operator, heapq, bisect, array, weakref containers."""
import array
import bisect
import heapq
import operator as o

print(o.add(1, 2), o.itemgetter(1, 0)("ab"), o.attrgetter("real", "imag")(2j), o.methodcaller("upper")("x"), o.contains([1], 1), o.index(True), o.concat("a", "b"), o.countOf([1, 1], 1), o.not_(0), o.truth(5), o.length_hint([1]), o.iadd([1], [2]), o.matmul.__name__, repr(o.itemgetter(1)), o.call(len, "ab"))
h = [5, 3, 8, 1]
heapq.heapify(h)
heapq.heappush(h, 0)
print(h, heapq.heappop(h), heapq.heappushpop(h, 4), heapq.heapreplace(h, 9), heapq.nlargest(2, [1, 5, 3]), heapq.nsmallest(2, ["bb", "a"], key=len), list(heapq.merge([1, 4], [2, 3])))
a = [1, 2, 2, 3]
print(bisect.bisect(a, 2), bisect.bisect_left(a, 2), bisect.bisect_right(a, 5), bisect.bisect([3, 2, 1], -2, key=lambda v: -v))
bisect.insort(a, 2.5)
print(a)
x = array.array("i", [1, 2, 3])
x.append(4); x.extend([5]); x.insert(0, 0)
print(x, x[1:3], x.tobytes()[:4], x.itemsize, x.typecode, x.index(3), x.pop(), array.array("d", [1.5]), array.array("B", b"ab").tolist(), x == array.array("l", x), x.buffer_info()[1], array.array("u", "hé") if False else "")
for c in (lambda: array.array("z"), lambda: array.array("b", [200]), lambda: array.array("i", ["a"]), lambda: heapq.heappop([]), lambda: o.itemgetter()):
    try:
        c()
    except Exception as e:
        print(type(e).__name__, e)
