"""try with loops, generators and returns combined."""


def g():
    for i in range(4):
        try:
            if i == 1:
                continue
            yield i
            if i == 2:
                return "done"
        except ValueError:
            yield "caught"
        finally:
            yield f"finally {i}"


print(list(g()))
it = g()
print(next(it), it.throw(ValueError), next(it))


def f():
    try:
        try:
            return "inner"
        finally:
            print("f1")
    finally:
        print("f2")


print(f())


def h():
    for x in range(3):
        try:
            raise ValueError(x)
        except ValueError as e:
            if e.args[0] == 1:
                break
            continue
        finally:
            print("h", x)
    return x


print(h())


def nested_raise():
    try:
        try:
            raise KeyError("a")
        except KeyError:
            raise ValueError("b")
        finally:
            print("cleanup")
    except ValueError as e:
        return repr(e.__context__)


print(nested_raise())
