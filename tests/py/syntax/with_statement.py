"""with: order of calls, suppression, several managers, parentheses, failing in enter and exit."""


class M:
    def __init__(self, name, swallow=False, fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        print("enter", self.name)
        if self.fail == "enter":
            raise RuntimeError("enter " + self.name)
        return self.name

    def __exit__(self, kind, value, trace):
        print("exit", self.name, kind and kind.__name__, value, trace is not None)
        if self.fail == "exit":
            raise RuntimeError("exit " + self.name)
        return self.swallow


with M("a") as a, M("b") as b:
    print(a, b)
with (
    M("c") as c,
    M("d", swallow=True),
):
    raise ValueError("swallowed")
try:
    with M("e"), M("f", fail="enter"):
        print("never")
except RuntimeError as e:
    print(e)
try:
    with M("g", fail="exit"):
        raise KeyError("k")
except RuntimeError as e:
    print(e, repr(e.__context__))


def f():
    for i in range(2):
        with M(f"loop{i}"):
            if i == 0:
                continue
            return "returned"


print(f())
with M("t") as (x):
    pass
for bad in (object(), type("P", (), {"__enter__": lambda s: 1})()):
    try:
        with bad:
            pass
    except TypeError as e:
        print(e)
