# What is thrown into a finished generator comes back as it is: nothing raises it anew, so nothing sets its context.
def g():
    yield 1
def closed():
    x = g()
    list(x)
    return x
def show(e):
    print(repr(e), repr(e.__context__), e.__suppress_context__)
x = closed()
try:
    1/0
except ZeroDivisionError:
    try: x.throw(ValueError(1))
    except ValueError as e: show(e)
    try: x.throw(ValueError)
    except ValueError as e: show(e)
    y = g()
    try: y.throw(KeyError(2))
    except KeyError as e: show(e)
    y = g(); next(y)
    try: y.throw(KeyError(2))
    except KeyError as e: show(e)
    v = ValueError('again')
    try: x.throw(v)
    except ValueError as e: show(e)
    v.__traceback__ = None
    try: raise v
    except ValueError as e: show(e)
    # swallowed natively
    w = ValueError('w')
    try: list(map(x.throw, [w]))
    except ValueError as e: show(e)
    def d():
        try: yield from x
        except ValueError as e: show(e)
        yield 2
    z = d()
    print(next(z))
    async def c(): pass
    c0 = c()
    try: c0.send(None)
    except StopIteration: pass
    try: c0.throw(ValueError(3))
    except (RuntimeError, ValueError) as e: show(e)
    async def ag(): yield 1
    a = ag()
    async def run():
        async for q in a: pass
        try: await a.athrow(ValueError('ag'))
        except BaseException as e: show(e)
        else: print('nothing')
    try: run().send(None)
    except StopIteration: pass
