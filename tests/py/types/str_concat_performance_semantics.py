"""Repeated += on strings keeps old values intact."""
s = "a"
t = s
s += "b"
print(s, t)
parts = []
x = ""
for i in range(6):
    parts.append(x)
    x += str(i)
print(parts, x)


class C:
    text = ""


c = C()
for w in "abc":
    c.text += w
    keep = c.text
print(c.text, C.text, keep)
d = {"k": "v"}
old = d["k"]
d["k"] += "w"
print(d, old)
lst = ["x"]
lst[0] += "y"
y = "é"
z = y
y += "ü"
print(lst, y, z, hash(y) == hash("éü"))


def f(s):
    s += "!"
    return s


q = "keep"
print(f(q), q)
