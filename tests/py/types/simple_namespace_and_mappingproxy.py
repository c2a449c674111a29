"""types.SimpleNamespace, MappingProxyType, DynamicClassAttribute, new_class, coroutine helpers."""
import types

n = types.SimpleNamespace(a=1, b="x")
n.c = [n.a]
print(n, n == types.SimpleNamespace(a=1, b="x", c=[1]), vars(n))
m = types.MappingProxyType({"k": 1})
print(m, m["k"], len(m), list(m), m | {"z": 2}, m.get("q"), "k" in m, m.copy(), m == {"k": 1}, list(reversed(m)))
try:
    m["k"] = 2
except TypeError as e:
    print(e)
C = types.new_class("C", (list,), {}, lambda ns: ns.update(x=5))
print(C.x, C([1]), types.resolve_bases((list[int],)), types.prepare_class("D")[0])
print([t.__name__ for t in (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, types.CodeType, types.ModuleType, types.TracebackType, types.FrameType, types.NoneType, types.EllipsisType, types.CellType, types.GenericAlias, types.UnionType)][:11])


@types.coroutine
def g():
    x = yield "y"
    return x


async def f():
    return await g()


c = f()
print(c.send(None))
try:
    c.send(5)
except StopIteration as e:
    print(e.value)
