"""A key that is of a subclass of str is found by an equal text, whichever way one asks."""


class Name(str):
    pass


class Folded(str):
    def __eq__(self, other):
        return self.lower() == other.lower()

    def __hash__(self):
        return hash(self.lower())


d = {Name("a"): 1, "b": 2, Folded("C"): 3}
print("a" in d, d["a"], d.get("a"), "b" in d, Name("b") in d, d[Name("b")])
print("c" in d, d.get("c"), "x" in d, Name("x") in d)
print("a" in {Name("a")}, "a" in [Name("a")], "a" in dict.fromkeys([Name("a")]).keys())
if "a" in d and "z" not in d:
    print("found")
