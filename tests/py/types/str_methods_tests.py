"""str: the is… methods over several kinds of characters."""
chars = ["a", "Z", "5", "²", "½", "Ⅷ", " ", "\n", "_", "é", "ß", "中", "٣", "\u200b", "\x00", "😀", "-", "", "ab1", "a b", "ǅ", "ª", "\u0301"]
for name in ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isprintable", "isascii"):
    print(name, [c for c in chars if getattr(c, name)()])
