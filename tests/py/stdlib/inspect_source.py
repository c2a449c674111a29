#: frozen no
"""inspect.getsource, linecache, co_positions."""
import inspect
import linecache


def f(x):
    # comment
    return [
        x
    ]


class C:
    def m(self):
        return 1


print(inspect.getsource(f), inspect.getsource(C.m), inspect.getsourcelines(C)[1], inspect.getcomments(f), linecache.getline(__file__, 9))
print(list(f.__code__.co_lines())[-1][2] is not None, f.__code__.co_firstlineno, f.__code__.co_filename == __file__, all(len(p) == 4 for p in f.__code__.co_positions()))
