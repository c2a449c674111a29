"""dict: every method, construction, order, views, errors."""
d = {"a": 1, "b": 2}
print(dict(a=1, b=2) == d, dict([("x", 1)], y=2), dict({"z": 3}), dict.fromkeys("ab"), dict.fromkeys([1], []), {**d, "c": 3}, d | {"b": 9}, dict(zip("xy", [1, 2])))
print(d.get("a"), d.get("q"), d.get("q", 5), d.setdefault("a", 9), d.setdefault("n", 9), d.pop("n"), d.pop("n", "none"), "a" in d, len(d))
d.update({"c": 3}, e=5)
d.update([("f", 6)])
d |= {"g": 7}
d |= [("h", 8)]
print(d, d.popitem(), list(d), list(reversed(d)), d.copy() is d)
d["a"] = 100
del d["b"]
d["b"] = 0
print(d, list(d.items()), list(d.values()))
print({1: "a", 1.0: "b", True: "c"}, {(1, 2): 3}[1, 2], {} == dict(), {"a": 1} == {"a": 1.0}, {1: 2} != {1: 3}, bool({}))
d.clear()
print(d)
for source in ("d['x']", "d.pop('x')", "d.popitem()", "{[]: 1}", "dict([1])", "dict([(1,)])", "dict(5)", "d.update(5)", "d < {}", "d + {}", "d | [1]", "del d['x']", "dict(1, 2)", "d.get()", "{}.fromkeys(5)", "hash(d)", "d.pop()", "dict(**{1: 2})"):
    try:
        print(eval(source) if not source.startswith("del") else exec(source))
    except Exception as e:
        print(source, type(e).__name__, e)
r = {}
r["self"] = r
print(r)
