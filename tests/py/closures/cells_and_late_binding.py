"""Closures share cells; cells of arguments; recursion; deleting cell variables."""


def make():
    x = 0

    def get():
        return x

    def put(v):
        nonlocal x
        x = v

    def drop():
        nonlocal x
        del x

    return get, put, drop


get, put, drop = make()
put(5)
print(get())
drop()
try:
    get()
except NameError as e:
    print(e)
put(6)
print(get())


def arg(a, *args, k=1, **kw):
    def inner():
        nonlocal a
        a += 1
        return a, args, k, kw
    return inner


i = arg(1, 2, k=3, z=4)
print(i(), i())


def fact():
    def f(n):
        return 1 if n == 0 else n * f(n - 1)
    return f


print(fact()(10), [f() for f in [lambda: i for i in range(3)]])


def loop():
    fs = []
    for i in range(3):
        def f(j=i):
            return i, j
        fs.append(f)
    return [f() for f in fs]


print(loop())


class C:
    v = 1

    def m(self):
        return [self.v for _ in range(2)], (lambda: self.v)()


print(C().m())


def deep():
    a = 1
    def l1():
        def l2():
            def l3():
                return a
            return l3
        return l2
    return l1()()()


print(deep())
