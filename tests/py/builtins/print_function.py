"""print with every option and odd objects."""
import io


class S:
    def __str__(self):
        return "S.str"


class R:
    def __repr__(self):
        return "R.repr"


print(S(), R(), [S.__name__, R()], sep="\t", end="|\n")
print(*"abc", sep="")
print("a", end="")
print()
out = io.StringIO()
print(1, 2, file=out, sep=", ")
print(repr(out.getvalue()), None, True, 1.0, b"b", sep="/")
print("no newline at the end", end="")
