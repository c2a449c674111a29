"""__getattr__, __getattribute__, __setattr__, __delattr__, __dir__."""


class H:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __getattribute__(self, name):
        if name.startswith("hidden"):
            raise AttributeError("no " + name)
        return super().__getattribute__(name)

    def __getattr__(self, name):
        if name == "bad":
            raise AttributeError(name)
        return "dynamic " + name

    def __setattr__(self, name, value):
        self.log.append(("set", name, value))

    def __delattr__(self, name):
        self.log.append(("del", name))

    def __dir__(self):
        return ["z", "a"]


h = H()
h.x = 1
del h.y
print(h.log, h.hidden1, h.x, dir(h))
print(getattr(h, "bad", "default"), hasattr(h, "bad"), hasattr(h, "good"))
setattr(h, "k", 2)
delattr(h, "k")
print(h.log[-2:])
for call in (lambda: getattr(1, 5), lambda: setattr(1, "x", 1), lambda: object().x, lambda: delattr(object(), "x"), lambda: setattr(object(), "y", 2), lambda: int.x, lambda: setattr(int, "x", 1), lambda: (5).foo, lambda: None.foo, lambda: H.nothing):
    try:
        call()
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)
try:
    "".missing
except AttributeError as e:
    print(e.name, repr(e.obj))
