"""str: case methods, also outside ASCII."""
for s in ("hello World", "ÀÉÎ ß ŉ ǆ", "ΑΣ ΌΣΟΣ", "ﬁn İi", "they're bill's", "", "123abc ABC"):
    print(repr(s), s.upper(), s.lower(), s.title(), s.capitalize(), s.swapcase(), s.casefold())
print("a".isupper(), "A".isupper(), "A1".isupper(), "1".isupper(), "aB".islower(), "Hello World".istitle(), "HeLlo".istitle(), "".istitle())
