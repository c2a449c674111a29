"""Syntax trees are compiled as they are: any name will do, positions are the nodes' own, wrong trees are refused."""
import ast
import traceback

SOURCE = '''
import sys as s
from collections import (OrderedDict as OD,
                         deque)
@staticmethod
def f(a, /, b=1, *args, c, d=2, **kw) -> "x":
    """Doc."""
    global g
    g = [i * j for i in range(3) if i for j in (1, -2)]
    def inner():
        nonlocal b
        b += 1
        yield b
        yield from (x for x in 'ab')
    return {**kw, 'a': a, 'b': list(inner()), 'rest': args[::-1], 'set': {*args}, 'c': c if c else not d}
class A[T](dict, metaclass=type):
    x: int = 3
    y: str
    def m(self): return super().__len__(), __class__.__name__
class Error(Exception): pass
async def co():
    async with cm() as z:
        return [await q async for q in z]
try:
    del s
    raise Error(1) from ValueError(2)
except* Error as e:
    print(type(e.exceptions[0].__cause__))
else:
    pass
finally:
    print('finally')
match {'k': [1, 2, 3], 'other': None}:
    case {'k': [1, *rest], **others} if rest: print(rest, others)
    case A(x=1) | [_, 'a'] | -1 | None: pass
if 0: pass
elif (n := 10) > 5: print(n)
else: print('no')
while True:
    break
else:
    pass
for k, (v, *w) in {1: (2, 3)}.items(): print(k, v, w)
assert f(1, 2, 3, c=0), 'message'
print(f(1, 2, 3, 4, c=5, e=6), g, A().m(), A.x)
print(f'{n:>{n}} {n!r:5}|{{}}', b'bytes\\xff', 1e3, 2j, 10 ** 30, -7, 'caf\\xe9', "\\ud800".encode('utf-16', 'surrogatepass'), ..., 1 < 2 < 3)
type Alias[X] = list[X]
print(Alias.__value__, (lambda *a, k=1: (a, k))(1, 2), [*range(3)], (1, *'ab'))
'''
tree = ast.parse(SOURCE)
exec(compile(tree, '<tree>', 'exec'), {'cm': None, '__name__': 'm'})
print(eval(compile(ast.parse('1 + 2 * 3', mode='eval'), 'x', 'eval')))
exec(compile(ast.parse('6 * 7', mode='single'), 'x', 'single'))

# Names need not be identifiers.
function = ast.parse('def f(x): return x + y').body[0]
function.name = '<name>'
function.args.args[0].arg = '.0'
function.body[0].value.left.id = '.0'
module = ast.Module([function], [])
namespace = {'y': 2}
exec(compile(module, 'x', 'exec'), namespace)
print(namespace['<name>'](5), namespace['<name>'].__code__.co_varnames)

# Constants of every kind, in trees that no source gives.
values = [(1, ('a', None), frozenset({3})), -5, -1.5, complex(1, -2), 2 ** 100, -2 ** 100, 'a\ufffd\ud800', b'', True, ...]
for value in values:
    node = ast.Expression(ast.Constant(value))
    print(ascii(eval(compile(ast.fix_missing_locations(node), 'x', 'eval'))))

# A traceback names the nodes' own places.
tree = ast.parse('def g():\n    return 1 / 0\n')
ast.increment_lineno(tree, 1000)
exec(compile(tree, 'moved.py', 'exec'), namespace)
try:
    namespace['g']()
except ZeroDivisionError as e:
    frame = traceback.extract_tb(e.__traceback__)[-1]
    print(frame.filename, frame.lineno, frame.end_lineno, frame.colno, frame.end_colno, frame.name)
print(namespace['g'].__code__.co_firstlineno)


class Own(ast.Name):
    pass


print(eval(compile(ast.fix_missing_locations(ast.Expression(Own('y', ast.Load()))), 'x', 'eval'), namespace))


def wrong(node, mode='exec'):
    try:
        compile(node, 'x', mode)
    except (TypeError, ValueError, SyntaxError) as e:
        print(type(e).__name__, e)


place = dict(lineno=1, col_offset=0)
name = ast.Name('a', ast.Load(), **place)
wrong(ast.Module([ast.Expr(ast.Name('a', ast.Load()))], []))
wrong(ast.Module('abc', []))
wrong(ast.Module([ast.Assign([name], name, **place)], []))
wrong(ast.Module([ast.Assign([], name, **place)], []))
wrong(ast.Module([ast.If(name, [], [], **place)], []))
wrong(ast.Module([ast.Expr(ast.Name('True', ast.Load(), **place), **place)], []))
wrong(ast.Module([ast.Expr(ast.Constant([1], **place), **place)], []))
wrong(ast.Module([ast.Expr(ast.Dict([name], [], **place), **place)], []))
wrong(ast.Module([ast.Expr(ast.Compare(name, [ast.Eq()], [], **place), **place)], []))
wrong(ast.Module([ast.Return(name, **place)], []))
wrong(ast.Module([None], []))
wrong(ast.Expression(name))
wrong(name, 'eval')
