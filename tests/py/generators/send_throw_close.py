"""send, throw and close; what a generator returns; its state."""
import inspect


def g():
    try:
        x = yield 1
        print("got", x)
        try:
            yield 2
        except ValueError as e:
            print("caught", e)
            yield "after"
        yield 3
    finally:
        print("closing")
    return "value"


it = g()
print(inspect.getgeneratorstate(it))
print(next(it), inspect.getgeneratorstate(it))
print(it.send("hello"))
print(it.throw(ValueError("v")))
print(next(it))
try:
    next(it)
except StopIteration as e:
    print("stop", e.value)
print(inspect.getgeneratorstate(it), list(it))
it = g()
next(it)
it.close()
it.close()
it = g()
for call in (lambda: it.send(5), lambda: it.throw(KeyError("k")), lambda: next(it)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)


def stubborn():
    try:
        yield
    except GeneratorExit:
        yield


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as e:
    print(e)


def self_call():
    yield next(me)


me = self_call()
try:
    next(me)
except ValueError as e:
    print(e)
print(g.__name__, type(it).__name__, it.gi_code.co_name, it.gi_running, it.gi_frame, it.gi_yieldfrom)
