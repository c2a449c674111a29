#: stderr
"""warnings: showing, filtering, catching, turning into errors."""
import warnings

warnings.warn("shown once")
for _ in range(2):
    warnings.warn("in a loop", DeprecationWarning)
with warnings.catch_warnings(record=True) as got:
    warnings.simplefilter("always")
    warnings.warn("caught", UserWarning)
    warnings.warn(RuntimeWarning("object"))
print([(str(w.message), w.category.__name__) for w in got])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("as error", ResourceWarning)
    except ResourceWarning as e:
        print(repr(e))
    warnings.filterwarnings("ignore", message="quiet.*")
    warnings.warn("quiet please")
print(warnings.formatwarning("m", UserWarning, "f.py", 3, "line"))
try:
    warnings.warn("x", int)
except TypeError as e:
    print(e)
