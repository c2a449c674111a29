"""Unicode: unicodedata, normalisation, surrogates, wide characters, casing corner cases."""
import unicodedata as u

for c in "aÅé½中😀\u0301ǆ\n":
    print(u.name(c, "?"), u.category(c), u.bidirectional(c), u.combining(c), u.east_asian_width(c), u.mirrored(c), u.decomposition(c), u.numeric(c, None), u.digit(c, None), u.decimal(c, None))
print(u.normalize("NFC", "e\u0301") == "é", len(u.normalize("NFD", "é")), u.normalize("NFKC", "ﬁ①"), u.is_normalized("NFC", "é"), u.lookup("GREEK SMALL LETTER ALPHA"), "\N{SNOWMAN}", u.unidata_version >= "15")
for bad in (lambda: u.name("\n"), lambda: u.lookup("NOPE"), lambda: u.normalize("X", "a"), lambda: u.name("ab")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print("ß".upper(), "ŉ".upper(), "ﬀ".title(), "İ".lower() == "i̇", "Σ".lower(), "ΑΣ".lower(), "ΑΣΑ".lower(), "ſ".upper(), "ß".casefold() == "ss", "ǅ".swapcase())
print(len("😀"), "😀"[0] == "😀", [hex(ord(c)) for c in "a\ud83d\ude00"], "\ud83d\ude00" == "😀", "é" < "z", sorted("zéa😀"))
