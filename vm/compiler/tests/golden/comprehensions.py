def f(a, b):
    x = [y for y in a if y for z in b]
    s = {k: v for k, v in x}
    fs = [lambda: i for i in a]
    g = (w async for w in a)
    n = [last := q for q in b]
    return last, sum(t for t in a if t in {1, 2, 3})
class K:
    names = [p for p in range(3)]
