"""list: every method, and their errors."""
a = [3, 1, 2]
a.append(4)
a.extend((5, 6))
a.insert(1, "x")
a.insert(-100, "first")
a.insert(100, "last")
print(a, a.pop(), a.pop(0), a.pop(1), a.index(2), a.count(3), a)
a.remove(3)
a.reverse()
print(a, a.copy() is a, a == a.copy(), [1, 2] < [1, 3], [1] < [1, 0], [] == (), [1, 2] + [3], [0] * 3, 2 * [1, 2])
a.sort(reverse=True)
print(a, sorted(["b", "A", "c"], key=str.lower), a.__len__(), list("abc"), list({1: 2}), list(range(3)), [*"xy"])
a[1:3] = [10, 20, 30, 40]
a[::2] = "abcd"
print(a)
a[:] = []
a += "hi"
a *= 2
print(a, a.index("i", 2), a[-1], a[1:3], a[::-1], a[5:], a[True])
a.clear()
print(a, repr([1, [2, [3]], "x"]), bool([]), [[]] * 2)
r = [1]
r.append(r)
print(r)
for source in ("[].pop()", "[1].pop(5)", "[].remove(1)", "[].index(1)", "[1, 2].index(3)", "[1][3]", "[1][:2][5]", "[] + 1", "[1] * 'a'", "[1] < 1", "[1].insert()", "[].append()", "[].append(1, 2)", "[1, 2, 3].__setitem__(slice(0, 3, 2), [1])", "[1].__setitem__(5, 1)", "[1].__delitem__(2)", "[1, 'a'].sort()", "list(1)", "list(1, 2)", "[].extend(None)", "a[1.0]", "[1].__setitem__(slice(0, 1), 5)", "[].sort(None)"):
    try:
        print(eval(source))
    except Exception as e:
        print(source, type(e).__name__, e)
