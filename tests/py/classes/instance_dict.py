"""__dict__ of instances: identity, writing through it, order, deletion, replacing."""


class C:
    def __init__(self):
        self.b = 1
        self.a = 2


c = C()
d = c.__dict__
print(d, d is c.__dict__, list(vars(c)))
d["new"] = 3
print(c.new)
c.later = 4
print(d)
del c.b
print(d, hasattr(c, "b"))
c.b = 5
print(list(d))
c.__dict__ = other = {"x": 1}
print(c.x, c.__dict__ is other, hasattr(c, "a"), d)
del c.__dict__
print(c.__dict__)
many = C()
for i in range(100):
    setattr(many, f"attr{i}", i)
print(len(vars(many)), many.attr57, sum(v for k, v in vars(many).items()))
for i in range(0, 100, 2):
    delattr(many, f"attr{i}")
print(len(vars(many)), list(vars(many))[:4])
e, f = C(), C()
e.only_e = 1
print(vars(e), vars(f), e.__dict__ == f.__dict__)
c.__dict__[5] = "int key"
print(c.__dict__)
