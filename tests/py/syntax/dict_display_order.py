"""Order of evaluation in displays, calls and operators."""


def v(x):
    print(x, end=" ")
    return x


print({v(1): v(2), v(3): v(4)}, [v(5), v(6)], v(7) + v(8) * v(9))
print({v("k"): v("v") for _ in [v(0)]})
print((lambda *a, **k: (a, k))(v(1), *[v(2)], x=v(3), **{"y": v(4)}))
print(v("s")[v(0):v(1)], v(1) if v(0) else v(2))
d = {}
d[v("a")] = d[v("b")] = v("c")
print(d)
