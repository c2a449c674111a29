class M:
    def __enter__(self): return self
    def __exit__(self, *a): return True
def gen(n):
    try:
        while n:
            got = yield n
            n -= 1
            if got: yield from [got, *gen(2)]
    finally:
        n = None
async def co(x):
    async with AM() as a:
        async for i in agen(): x += i
    return await other(x)
async def other(x): return x
async def agen():
    yield 1
    yield 2
class AM:
    async def __aenter__(self): return 1
    async def __aexit__(self, *a): return False
def f():
    out = []
    for i, (a, *b) in enumerate([(1, 2, 3), 'xyz']):
        try:
            if i: raise ValueError(i) from KeyError()
            with M() as m, M(): 1 / 0
            out.append(a)
        except (ValueError, KeyError) as e: out += [e]; continue
        else: out[0:1] = [b]
        finally: del a
    g = gen(3)
    next(g); g.send(7)
    out.extend(g)
    g = gen(3); next(g); g.close()
    try: co(1).send(None)
    except StopIteration as e: out.append(e.value)
    return out
def g():
    try: raise ExceptionGroup('a', [ValueError(1), TypeError(2), ExceptionGroup('b', [KeyError()])])
    except* ValueError as e: x = e
    except* (TypeError, KeyError): raise
    return x
try: f(); g()
except* Exception: pass
