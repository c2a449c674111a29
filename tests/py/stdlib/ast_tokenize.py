"""ast, tokenize, dis basics."""
import ast
import io
import tokenize

t = ast.parse("x = 1 + y\ndef f(a, *b): return a")
print(ast.dump(t.body[0]), [type(n).__name__ for n in ast.walk(t)][:6], ast.unparse(t), ast.literal_eval("{'a': [1, 2.5, None, (True, b'x')]}"))
print(ast.dump(ast.parse("a.b[c:d](e, *f, **g)", mode="eval"), indent=1))


class V(ast.NodeVisitor):
    def visit_Name(self, n):
        print("name", n.id, n.lineno, n.col_offset, type(n.ctx).__name__)


V().visit(t)


class D(ast.NodeTransformer):
    def visit_Constant(self, n):
        return ast.copy_location(ast.Constant(n.value * 10), n)


n = ast.fix_missing_locations(D().visit(ast.parse("print(4 + 5)")))
exec(compile(n, "<ast>", "exec"))
for bad in ("1 + 2", "f()", "x", "[", "{**a}"):
    try:
        print(ast.literal_eval(bad))
    except (ValueError, SyntaxError) as e:
        print(type(e).__name__)
print([(tokenize.tok_name[k.type], k.string) for k in tokenize.generate_tokens(io.StringIO("if x:\n  y = f'{z!r}' # c\n").readline)])
print(ast.get_docstring(ast.parse('"""doc"""')), ast.unparse(ast.parse("lambda x, /, *, y=1: (yield)")), ast.Name("x").id, ast.Constant(5).value)
