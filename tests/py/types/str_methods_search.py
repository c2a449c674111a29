"""str: find, index, count, startswith, replace, in, with ranges."""
s = "abracadabra été"
print(s.find("a"), s.find("a", 1), s.find("a", -3), s.rfind("a"), s.find("zz"), s.find(""), s.find("", 99), s.rfind("é"), s.index("é"), s.rindex("a", 0, 5))
print(s.count("a"), s.count("abra"), s.count(""), s.count("a", 3, -3), "aaaa".count("aa"), "ééé".count("é", 1))
print(s.startswith("abra"), s.startswith(("x", "a")), s.startswith("r", 2), s.endswith("é"), s.endswith(("b", "té")), s.endswith(""), s.startswith("", 100))
print(s.replace("a", "A"), s.replace("a", "", 2), s.replace("", "-", 3), "é".replace("é", "ee"), "abc".replace("", "."), s.replace("zzz", "y") == s)
print("ra" in s, "é" in s, "" in s, "x" not in s)
for call in (lambda: s.index("q"), lambda: s.rindex("q"), lambda: 5 in s, lambda: s.find(5), lambda: s.startswith(5), lambda: s.startswith([1]), lambda: s.count(), lambda: s.replace("a")):
    try:
        call()
    except (ValueError, TypeError) as e:
        print(e)
print("a-b-c".removeprefix("a-"), "a-b-c".removesuffix("c"), "abc".removeprefix("x"), "ab".removesuffix(""))
