#: golden no
"""PEP 750: t-strings."""
from string.templatelib import Template, Interpolation

name, n = "wörld", 3.14159
t = t"hello {name!r:>10} and {n:.2f}{n=}"
print(type(t).__name__, t.strings)
for i in t.interpolations:
    print(repr(i.value), i.expression, i.conversion, repr(i.format_spec))
print(t.values, [type(p).__name__ for p in t])
print(t"".strings, t"plain".strings, (t"a{1}" + t"{2}b").strings)
w = 5
print((t"{n:{w}.1f}").interpolations[0].format_spec, t'{t"in"}'.values[0].strings, rt"\d{1}".strings)
try:
    t"a" + "b"
except TypeError as e:
    print("TypeError")
print(isinstance(t"x", Template), isinstance(t"{1}".interpolations[0], Interpolation))
