"""Generators that are dropped run their finally blocks at once."""


def g():
    try:
        yield 1
    finally:
        print("cleaned")


it = g()
next(it)
del it
print("after del")
for x in g():
    break
print("after break")
next(g())
print("after temporary")


def with_context():
    class M:
        def __enter__(self):
            print("enter")

        def __exit__(self, *a):
            print("exit", a[0].__name__ if a[0] else None)

    with M():
        yield


w = with_context()
next(w)
w.close()
