"""str: center, ljust, rjust, zfill, expandtabs, translate, maketrans."""
print("ab".center(7, "*"), "ab".center(6), "abc".center(6, "."), "ab".ljust(4, "-") + "|", "ab".rjust(4), "é".center(3, "ü"))
print("5".zfill(3), "-5".zfill(4), "+5".zfill(2), "".zfill(2), "abc".zfill(2))
print("a\tb\tc".expandtabs(), "a\tb".expandtabs(4), "ab\tc\n\td".expandtabs(3), "\t".expandtabs(0) + "|")
table = str.maketrans("abc", "xyz", "d")
print("abcd".translate(table), "abc".translate({97: "long", 98: None, 99: 100}), table)
print(str.maketrans({"a": 1, 98: "q"}), "aé".translate({ord("é"): "e"}))
for call in (lambda: str.maketrans("a", "bc"), lambda: str.maketrans({"ab": 1}), lambda: str.maketrans(5), lambda: "a".center(5, "xy"), lambda: "a".translate({97: 2 ** 30}), lambda: "a".ljust("b")):
    try:
        call()
    except (ValueError, TypeError) as e:
        print(e)
