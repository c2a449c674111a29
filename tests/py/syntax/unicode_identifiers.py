"""Identifiers outside ASCII, normalised by NFKC."""
größe = 1
π = 3
ﬁ = "ligature"
print(größe + π, fi)


class Ä:
    é = 2


print(Ä.é, getattr(Ä, "é"), Ä.__name__)
print("größe" in globals(), "变量".isidentifier(), "2x".isidentifier(), "a-b".isidentifier())
