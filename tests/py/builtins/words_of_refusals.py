# How built-in methods and operations name themselves when they refuse.


def make():
    class C(dict):
        pass
    return C


C = make()


def says(f):
    try:
        f()
    except TypeError as e:
        print(e)


says(lambda: C.__init_subclass__(flag=1))
says(lambda: C.fromkeys(key=1))
says(lambda: C().get(key=1))
says(lambda: C().keys(1))
says(lambda: C().__init_subclass__(1))
says(lambda: True.conjugate(1))
try:
    class D(C, flag=1):
        pass
except TypeError as e:
    print(e)

for o in 1, None, (1,), 'a', {1}, make, C.get, [].__iter__(), type('T', (), {})():
    for key in 0, True, 'a', slice(1):
        try:
            del o[key]
        except TypeError as e:
            print(e)


def overflows(f):
    try:
        f()
    except OverflowError as e:
        print(e)


BIG = 2 ** 64
for f in (lambda: [].insert(BIG, 1), lambda: [1].pop(BIG), lambda: bytearray().insert(BIG, 1), lambda: 'a'.center(BIG),
          lambda: b'a'.ljust(BIG), lambda: 'a'.split(None, BIG), lambda: 'a'.replace('a', 'b', BIG), lambda: (1).to_bytes(BIG)):
    overflows(f)
