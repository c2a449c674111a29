"""contextvars."""
import asyncio
import contextvars

v = contextvars.ContextVar("v", default=0)
t = v.set(5)
print(v.get(), v.name, t.old_value is contextvars.Token.MISSING)
c = contextvars.copy_context()
c.run(v.set, 9)
print(v.get(), c[v], v in c, len(c) >= 1)
v.reset(t)
print(v.get())
try:
    v.reset(t)
except RuntimeError as e:
    print(str(e).split(" by")[0][-20:])
w = contextvars.ContextVar("w")
try:
    w.get()
except LookupError as e:
    print(type(e).__name__)


async def child(n):
    v.set(n)
    await asyncio.sleep(0)
    return v.get()


async def main():
    print(await asyncio.gather(*(child(i) for i in range(3))), v.get())


asyncio.run(main())
