"""contextlib: contextmanager, ExitStack, suppress, closing, redirect_stdout, async ones."""
import asyncio
import io
from contextlib import contextmanager, ExitStack, suppress, closing, redirect_stdout, nullcontext, asynccontextmanager, ContextDecorator, AsyncExitStack


@contextmanager
def tag(name):
    print("<", name)
    try:
        yield name.upper()
    except KeyError as e:
        print("caught", e)
    finally:
        print(">", name)


with tag("a") as t:
    print(t)
with tag("b"):
    raise KeyError("k")
try:
    with tag("c"):
        raise ValueError("v")
except ValueError as e:
    print("out", e)


@tag("deco")
def f():
    print("body")


f()
with ExitStack() as stack:
    print([stack.enter_context(tag(n)) for n in "xy"])
    stack.callback(print, "callback", 1)
with suppress(ZeroDivisionError, KeyError):
    1 / 0
out = io.StringIO()
with redirect_stdout(out):
    print("hidden")
print(repr(out.getvalue()))
with closing(io.StringIO()) as s:
    pass
print(s.closed)
with nullcontext(5) as n:
    print(n)


@contextmanager
def never():
    if False:
        yield


@contextmanager
def twice():
    yield 1
    yield 2


for bad in (never, twice):
    try:
        with bad():
            pass
    except RuntimeError as e:
        print(e)


@asynccontextmanager
async def atag():
    print("a<")
    yield 1
    print("a>")


async def main():
    async with atag() as x, AsyncExitStack() as stack:
        await stack.enter_async_context(atag())
        print(x)


asyncio.run(main())
