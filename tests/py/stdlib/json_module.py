"""json: dumps with every option, loads, errors with position, hooks."""
import json

print(json.dumps({"a": [1, 2.5, True, None, "é\n\"\\/"], 1: {}, None: [], True: 0, 1.5: ()}))
print(json.dumps({"b": 1, "a": [1, {"c": []}]}, indent=2, sort_keys=True), json.dumps([1, 2], separators=(",", ":")), json.dumps("é", ensure_ascii=False), json.dumps([], indent=4), json.dumps("😀\u2028\x7f"))
print(json.dumps([float("inf"), float("nan"), 1e100, 10 ** 30, -0.0]), json.dumps({(1, 2): 3}, skipkeys=True), json.dumps({1}, default=list))
print(json.loads('{"a": [1, 2.0, -3e5, true, false, null, "\\u00e9\\ud83d\\ude00\\n"]}'), json.loads(" [ ] "), json.loads(b'"x"'), json.loads("NaN"), json.loads("12345678901234567890"))
print(json.loads('{"x": 1.5}', parse_float=str), json.loads('{"a": 1, "b": 2}', object_pairs_hook=list), json.loads('{"k": {"z": 1}}', object_hook=lambda d: sorted(d)))
for bad in ("", "{", '{"a"}', '{"a":}', "[1,]", "[1 2]", "nul", '"abc', '"\x01"', '{"a": 1,}', "1 2", '"\\x"', "{1: 2}", "\ufeff1"):
    try:
        json.loads(bad)
    except json.JSONDecodeError as e:
        print(repr(bad), e, e.lineno, e.colno, e.pos)
for bad in (object(), {1, 2}, b"x", {(1,): 2}):
    try:
        json.dumps(bad)
    except TypeError as e:
        print(e)
try:
    json.dumps([float("nan")], allow_nan=False)
except ValueError as e:
    print(e)
r = []
r.append(r)
try:
    json.dumps(r)
except ValueError as e:
    print(e)
