"""str: split, rsplit, splitlines, partition, join, strip."""
print("a b  c ".split(), "a b  c ".split(" "), " a b c".split(None, 1), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","), " x ".rsplit(None, 5), "a\u2003b\x1cc".split())
print("a\nb\r\nc\rd\x0be\x0cf\x1cg\x85h\u2028i".splitlines(), "a\n\nb\n".splitlines(True), "".splitlines())
print("k=v=w".partition("="), "k=v=w".rpartition("="), "kv".partition("="), "kv".rpartition("="))
print(",".join(["a", "b"]), "".join([]), "-".join("abc"), ", ".join({"x": 1}), "é".join(["1", "2", "3"]), "".join(c for c in "gen"))
print("  x ".strip(), "xxaxx".strip("x"), "abcba".lstrip("ab"), "abcba".rstrip("ab"), "\u00a0x\u3000".strip(), "x".strip(""), "éaé".strip("é"))
for call in (lambda: "a".split(""), lambda: "a".partition(""), lambda: ",".join([1]), lambda: ",".join(["a", None]), lambda: "a".strip(1), lambda: "a".split(1), lambda: ",".join(1)):
    try:
        call()
    except (ValueError, TypeError) as e:
        print(e)
