"""global, nonlocal, class scopes, del, unbound names."""
x = "module"


def f():
    global x, made
    x = "changed"
    made = 1


f()
print(x, made)


def outer():
    y = 1

    def inner():
        nonlocal y
        y += 1

        def deeper():
            nonlocal y
            y *= 10

        deeper()
        return y

    return inner() + y


print(outer())


class C:
    x = "class"
    y = [x for _ in range(2)]

    def m(self):
        return x


print(C.y, C().m())


def unbound():
    try:
        print(z)
    except UnboundLocalError as e:
        print(e)
    z = 1
    del z
    try:
        z
    except UnboundLocalError as e:
        print(e)
    try:
        del z
    except UnboundLocalError as e:
        print(e)


unbound()


def free():
    def inner():
        return late

    try:
        inner()
    except NameError as e:
        print(type(e).__name__, e)
    late = 5
    return inner()


print(free())
try:
    no_such_name
except NameError as e:
    print(e, e.name)


def shadow():
    class K:
        x = x

    return K.x


print(shadow())
