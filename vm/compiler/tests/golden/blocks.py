def w(self):
    try:
        f()
    except A:
        return self.y
    except B as e:
        return e
def gen(x):
    for a in x:
        try:
            with a as b:
                yield b
        except A:
            continue
    else:
        return 5
async def z(x):
    async with x as y:
        async for i in y:
            await i
        return [q async for q in y]
