"""Names shadow built-ins and come back after del."""
import builtins

len = lambda x: "mine"
print(len("abc"))
del len
print(len("abc"))
builtins.added = 5
print(added)
del builtins.added
try:
    added
except NameError as e:
    print(e)


def f():
    return max(1, 2)


print(f())
max = lambda *a: "global max"
print(f())
del max
print(f())
old = builtins.min
builtins.min = lambda *a: "patched"
print(min(1, 2))
builtins.min = old
print(min(1, 2))
