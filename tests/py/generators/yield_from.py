"""yield from: values, return value, delegation of send, throw and close; plain iterables."""


def inner():
    try:
        a = yield 1
        b = yield a
        return (a, b)
    except KeyError as e:
        yield "inner caught"
        return "thrown"
    finally:
        print("inner done")


def outer():
    result = yield from inner()
    print("result", result)
    yield from "ab"
    yield from [9]
    return "end"


it = outer()
print(next(it), it.send("x"), it.gi_yieldfrom.gi_code.co_name)
print(it.send("y"))
print(list(it))
it = outer()
next(it)
print(it.throw(KeyError("k")))
print(next(it))
it.close()


def closes():
    try:
        yield from inner()
    finally:
        print("outer finally")


it = closes()
next(it)
it.close()


def bad():
    yield from 5


try:
    next(bad())
except TypeError as e:
    print(e)


class It:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration("from class")


def use():
    print((yield from It()))


list(use())
