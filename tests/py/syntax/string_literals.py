"""String and bytes literals: prefixes, escapes, concatenation, lines."""
print("a\tb\\n\x41\u00e9\U0001F600\N{GREEK SMALL LETTER ALPHA}\101\0end".encode("unicode_escape"))
print(r"\n\x", R"a\"b", b"\x00\xff\101", rb"\n", Br"\d")
print("one" 'two' """three""" r"\four")
print('''a
b\
c''')
print(b"a" b'b', u"unicode")
print(len("\
"), "tab\vform\f\a\b".encode())
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\x7f\x80\xa0\xad\u200b\ud800é😀"))
print(ascii("é😀\ud800"))
