"""pprint, reprlib, difflib, shlex, textual helpers."""
import difflib
import pprint
import reprlib
import shlex

data = {"name": "x" * 30, "list": list(range(30)), "nested": {"a": [{"b": ("c",) * 10}] * 2}, "s": {1, 2, 3}}
pprint.pprint(data, width=60)
print(pprint.pformat([1, [2, [3, [4]]]], depth=2), pprint.isreadable([1]), reprlib.repr(list(range(100))), reprlib.repr("x" * 100))
print("\n".join(difflib.unified_diff(["a", "b", "c"], ["a", "x", "c"], "f", "t", lineterm="")), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), list(difflib.ndiff(["ab"], ["ac"])))
print(shlex.split("a 'b c' \"d\\\"e\" f\\ g # h"), shlex.quote("a b'c"), shlex.join(["x y", "z"]), shlex.split("a#b", comments=True))
try:
    shlex.split("'open")
except ValueError as e:
    print(e)
