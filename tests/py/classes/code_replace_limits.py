#: golden no
# What instructions rely on can't be changed under them.
def generator():
    yield 1


def function(a, *b, c=1, **d):
    def inner():
        return a
    return inner, a, b, c, d


for f, changes in (
    (generator, {'co_flags': generator.__code__.co_flags & ~0x20}),
    (function, {'co_flags': function.__code__.co_flags | 0x80}),
    (function, {'co_flags': function.__code__.co_flags & ~4}),
    (function, {'co_argcount': 0}),
    (function, {'co_consts': ()}),
    (function, {'co_consts': tuple(range(20))}),
    (function, {'co_names': ('x',)}),
    (function, {'co_nlocals': 0}),
):
    try:
        f.__code__.replace(**changes)
        print('changed')
    except (ValueError, NotImplementedError) as e:
        print(type(e).__name__, e)
print(generator.__code__.replace(co_flags=generator.__code__.co_flags | 0x100).co_flags & 0x120)
