"""Objects die when their last reference goes: __del__ at once, in order."""


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


a = D("a")
b = a
del a
print("still")
del b
D("temporary")
print("after temporary")


def f():
    local = D("local")
    print("in f")


f()
x = D("old")
x = D("new")
print("replaced")
lst = [D(1), D(2), D(3)]
del lst[1]
lst.pop()
print("list")
lst = None
d = {"k": D("value")}
d["k"] = 0
print("dict")
t = (D("in tuple"),)
t = ()


def arg(o):
    print("got", o.n)


arg(D("argument"))
y = [D("loop") for _ in range(1)]
for z in y:
    pass
del y
print("z holds")
del z
print("end")
