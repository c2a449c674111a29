"""What `compile` refuses in a tree that a program made, and what `ast.parse` refuses for older versions."""

import ast


def attempt(label, node, mode="exec"):
    try:
        compile(ast.fix_missing_locations(node), "<tree>", mode)
    except (ValueError, TypeError, SyntaxError) as error:
        print(label, type(error).__name__, error)
    else:
        print(label, "compiles")


def in_module(*statements):
    return ast.Module(list(statements), [])


load, store = ast.Load(), ast.Store()
read, written = ast.Name("x", load), ast.Name("x", store)
one = ast.Constant(1)

attempt("stored name read", in_module(ast.Expr(written)))
attempt("read name assigned", in_module(ast.Assign([read], one)))
attempt("read name in a stored tuple", in_module(ast.Assign([ast.Tuple([read], store)], one)))
attempt("starred in a stored list", in_module(ast.Assign([ast.List([ast.Starred(written, store)], store)], read)))
attempt("stored in a starred that is read", in_module(ast.Assign([ast.List([ast.Starred(read, store)], store)], read)))
attempt("call assigned", in_module(ast.Assign([ast.Call(read, [], [])], one)))
attempt("attribute of a stored name", in_module(ast.Expr(ast.Attribute(written, "y", load))))
attempt("deleted", in_module(ast.Delete([ast.Name("x", ast.Del())])))
attempt("deleted but stored", in_module(ast.Delete([written])))
attempt("loop over", in_module(ast.For(written, read, [ast.Pass()], [])))
attempt("loop with a read target", in_module(ast.For(read, read, [ast.Pass()], [])))
attempt("with a read target", in_module(ast.With([ast.withitem(read, read)], [ast.Pass()])))
attempt("comprehension", in_module(ast.Expr(ast.ListComp(read, [ast.comprehension(read, read, [], 0)]))))
attempt("walrus", in_module(ast.Expr(ast.NamedExpr(written, one))))
attempt("walrus with a read target", in_module(ast.Expr(ast.NamedExpr(read, one))))
attempt("walrus to an attribute", in_module(ast.Expr(ast.NamedExpr(ast.Attribute(read, "y", store), one))))
attempt("expression", ast.Expression(written), "eval")


def match(pattern):
    return in_module(ast.Match(read, [ast.match_case(pattern, None, [ast.Pass()])]))


attempt("number", match(ast.MatchValue(one)))
attempt("negative number", match(ast.MatchValue(ast.UnaryOp(ast.USub(), one))))
attempt("complex number", match(ast.MatchValue(ast.BinOp(one, ast.Add(), ast.Constant(2j)))))
attempt("two numbers", match(ast.MatchValue(ast.BinOp(one, ast.Add(), one))))
attempt("ellipsis", match(ast.MatchValue(ast.Constant(...))))
attempt("truth", match(ast.MatchValue(ast.Constant(True))))
attempt("name", match(ast.MatchValue(read)))
attempt("attribute", match(ast.MatchValue(ast.Attribute(read, "y", load))))
attempt("attribute of a call", match(ast.MatchValue(ast.Attribute(ast.Call(read, [], []), "y", load))))
attempt("truth as a key", match(ast.MatchMapping([ast.Constant(True)], [ast.MatchAs()])))
attempt("rest", match(ast.MatchMapping([], [], rest="_")))
attempt("class", match(ast.MatchClass(ast.Attribute(read, "y", load), [], [], [])))
attempt("class by call", match(ast.MatchClass(ast.Call(read, [], []), [], [], [])))
attempt("star alone", match(ast.MatchStar("rest")))
attempt("star in a sequence", match(ast.MatchSequence([ast.MatchStar("rest")])))
attempt("star in a class", match(ast.MatchClass(read, [ast.MatchStar()], [], [])))
attempt("underscore", match(ast.MatchAs(None, "_")))
attempt("wildcard", match(ast.MatchAs()))
attempt("one alternative", match(ast.MatchOr([ast.MatchAs()])))

for source, minor in [
    ("(x := 1)", 7), ("def f(x, /): ...", 7), ("def f(x, /): ...", 8), ("match x:\n    case 1: pass", 9),
    ("try: ...\nexcept* E: ...", 10), ("type X = int", 11), ("def f[T](): ...", 11), ("class C[T = int]: ...", 12), ("x = 1", 4),
]:
    try:
        ast.parse(source, feature_version=(3, minor))
    except SyntaxError as error:
        print(minor, error.msg)
    else:
        print(minor, "is enough for", repr(source))

for source in ["\n -1", "1\n 2", "\\\n (\\\n)"]:
    try:
        eval(source)
    except SyntaxError as error:
        print(repr(source), type(error).__name__, error.msg, error.lineno)

try:
    ast.literal_eval("3" * 5000)
except SyntaxError as error:
    print(error.msg)

code = compile(ast.parse("await x"), "<tree>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
print(bool(code.co_flags & 0x80))
