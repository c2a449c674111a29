"""Random programs that do something and print it, each made from a seed alone.

An expression is made for a wanted type, so that most of it works; now and then a wrong type gets in. Every probe is guarded by the
harness (`show`), every loop and function pays fuel (`tick`), and what grows is cut down (`clip`).
"""
import random

INTS = ['0', '1', '-1', '2', '3', '7', '10', '-13', '255', '256', '1000003', '2**31', '-2**31', '2**49', '2**50', '-2**49-1',
        '2**63-1', '-2**63', '2**64', '10**25', '-10**30+7', 'True']
FLOATS = ['0.0', '-0.0', '1.0', '0.1', '-2.5', '1e16', '1e22', '123456.789', '1e-7', '5e-324', '1.7976931348623157e308',
          "float('inf')", "float('-inf')", "float('nan')", '2.0**53', '1/3', '100.0', '1e100']
# Real numbers and complex ones are not mixed: 3.14 keeps signs of zeros there that 3.13 loses (C99, Annex G).
COMPLEXES = ['1j', '0j', '-1.5+2j', 'complex(3, -0.0)', '1e300j', 'complex(0.0, -0.0)']
STRS = ["''", "'a'", "'abc'", "'Hello, World'", "' \\t x \\n'", "'ß'", "'äöü€'", "'😀b'", "'12'", "'-3.5e2'", "'a,b,,c'", "'ABCabc'",
        "'\\x00\\x7f'", "'ǅ'", "'aXbXc'", "'\\ud83d'", "'l1\\nl2\\r\\nl3'", "'{}'", "'%s'", "'0x1f'", "'١٢'", "'ﬁ'"]
BYTESES = ["b''", "b'a'", "b'abc'", "b'\\x00\\xff'", "b'Hello World'", "b'a,b,,c'", "b' x '", "b'12'", "bytes(range(5))"]
SPECS = ['', 'd', 'x', '#x', 'b', '#o', 'e', '.3f', '10', '<10', '^10', '>10', '+', ' ', '010', ',', '_', '.2%', 'g', '.0e', 's', '.3',
         '*^12', '+.3g', '=+8', '#.3g', 'n', 'c', 'G', '_x', '08.3f', 'z.1f', '!r', '.10', '5s', '<5.2', 'q', ',d', '020,', '-', '.1E']
EXCEPTIONS = ['ValueError', 'TypeError', 'KeyError', 'IndexError', 'ZeroDivisionError', 'LookupError', 'ArithmeticError', 'StopIteration',
              'RuntimeError', 'OSError', 'AttributeError', 'AssertionError', 'Exception', 'NameError', 'OverflowError']
TYPES = ['int', 'float', 'str', 'bytes', 'list', 'tuple', 'dict', 'set', 'bool', 'complex']
# What stands where the kind does not matter, and may be printed or gone through there: the order of a set is another one in each
# implementation, so that only what looks at no order gets sets of several items (`set`), and everything else one of one (`lone`).
ANY = ['lone' if kind == 'set' else kind for kind in TYPES]
PRELUDE = '''\
def hash_of(x): return hash(x) if isinstance(x, (int, float, complex)) and x == x or isinstance(x, tuple) and all(map(hash_of, x)) else 0
def iter_list(x): return list(iter(x))
def reversed_list(x): return list(reversed(x))
'''


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines = []
        self.indent = 0
        self.count = 0
        # Names by type, one dict a scope; functions: name -> number of positional parameters.
        self.scopes = [{}]
        self.functions = {}
        self.classes = []
        self.generators = []
        self.in_function = 0
        self.in_loop = 0
        self.in_star = 0
        self.in_async = 0
        self.in_generator = 0
        self.budget = 70

    # --- text

    def put(self, text):
        self.lines.append('    ' * self.indent + text)

    def fresh(self, prefix='v'):
        self.count += 1
        return f'{prefix}{self.count}'

    def pick(self, of):
        return self.r.choice(of)

    def chance(self, p):
        return self.r.random() < p

    def names(self, kind):
        return [n for scope in self.scopes for n, t in scope.items() if t == kind]

    # --- expressions

    def literal(self, kind):
        r = self.r
        match kind:
            case 'int':
                return self.pick(INTS) if self.chance(.8) else str(r.randrange(-1000, 1000))
            case 'float':
                return self.pick(FLOATS)
            case 'complex':
                return self.pick(COMPLEXES)
            case 'str':
                return self.pick(STRS)
            case 'bytes':
                return self.pick(BYTESES)
            case 'bool':
                return self.pick(['True', 'False'])
            case 'list':
                return self.pick(['[]', '[1, 2, 3]', "['a', 'b']", '[0.5, None]', '[[1], [2]]', '[3, 1, 2]', 'list("abc")'])
            case 'tuple':
                return self.pick(['()', '(1,)', "(1, 'a')", '(1, 2, 3)', '((1, 2), 3)'])
            case 'dict':
                return self.pick(['{}', "{'a': 1}", "{1: 'x', 2: 'y'}", "{'k': [1]}", '{1: 1, True: 2, 1.0: 3}', '{None: 0}'])
            case 'lone':
                return self.pick(['set()', '{1}', "{'a'}", 'frozenset({2.5})', '{(1, 2)}', 'frozenset()'])
            case 'set':
                return self.pick(['set()', '{1, 2}', "{'a'}", 'frozenset({1, 2, 3})', '{(1, 2)}', '{1, 1.0, True}'])
        return 'None'

    def expr(self, kind=None, depth=3):
        """An expression that gives `kind`, most often."""
        if kind is None or self.chance(.04):
            kind = self.pick(ANY)
        known = self.names(kind)
        if depth <= 0:
            return self.pick(known) if known and self.chance(.6) else f'({self.literal(kind)})'
        p = self.r.random()
        if known and p < .3:
            return self.pick(known)
        if p < .38:
            return f'({self.literal(kind)})'
        d = depth - 1
        if p < .46:
            return self.pick([
                lambda: f'({self.expr(kind, d)} if {self.cond(d)} else {self.expr(kind, d)})',
                lambda: f'({self.expr(kind, d)} {self.pick(["and", "or"])} {self.expr(kind, d)})',
                lambda: f'(lambda {self.lambda_args()}: {self.expr(kind, d)})({self.pick(["", "1", "1, 2", "a=3", "*[1]"])})',
                lambda: f'[{self.expr(kind, d)}, {self.expr(kind, d)}][{self.pick(["0", "-1", "1"])}]',
                lambda: f'(w{self.r.randrange(3)} := {self.expr(kind, d)})',
                lambda: f'{{{self.literal("str")}: {self.expr(kind, d)}}}.popitem()[1]',
                lambda: f'next(iter([{self.expr(kind, d)}]))',
                lambda: f'(*{self.expr("list", d)}, {self.expr(kind, d)})[-1]',
            ])()
        if p < .5 and self.functions and self.room_for_calls():
            return self.call(d)
        if p < .52 and self.classes:
            return self.instance_use(d)
        return getattr(self, 'make_' + kind)(d)

    def room_for_calls(self):
        return True

    def lambda_args(self):
        return self.pick(['', 'a=1', '*a', 'a, b=2', '**k', 'a=0, /, *, b=1', 'a=1, *b'])

    def cond(self, d):
        e = self.expr
        return self.pick([
            lambda: e('bool', d), lambda: e(None, d),
            lambda: f'{e("int", d)} {self.pick(["<", "<=", "==", "!=", ">", ">="])} {e("int", d)}',
            lambda: f'not {e(None, d)}',
            lambda: f'isinstance({e(None, d)}, {self.pick(TYPES)})',
            lambda: f'{e("int", d)} < {e("float", d)} < {e("int", d)}',
        ])()

    def make_bool(self, d):
        e = self.expr
        return self.pick([
            lambda: f'({self.cond(d)})',
            lambda: f'({e("str", d)} in {e("str", d)})',
            lambda: f'({e(None, d)} == {e(None, d)})',
            lambda: f'({e("int", d)} in {e("list", d)})',
            lambda: f'({e("int", d)} not in {e("dict", d)})',
            lambda: f'{e("str", d)}.{self.pick(["isalpha", "isdigit", "isupper", "islower", "isspace", "istitle", "isalnum", "isidentifier", "isdecimal", "isnumeric", "isprintable", "isascii"])}()',
            lambda: f'{e("str", d)}.{self.pick(["startswith", "endswith"])}({self.pick([e("str", d), "(" + e("str", d) + ", " + e("str", d) + ")"])})',
            lambda: f'({e("set", d)} {self.pick(["<", "<=", ">", ">=", "==", "!="])} {e("set", d)})',
            lambda: f'({e("list", d)} {self.pick(["<", "<=", ">", "=="])} {e("list", d)})',
            lambda: f'({e("str", d)} {self.pick(["<", "<=", ">", "=="])} {e("str", d)})',
            lambda: f'({e("float", d)} {self.pick(["<", "<=", ">", "==", "!="])} {e("int", d)})',
            lambda: f'any({self.comp("bool", d, "()")})',
            lambda: f'all({self.comp("bool", d, "()")})',
            lambda: f'({e(None, d)} is None)',
            lambda: f'bool({e(None, d)})',
            lambda: f'{e("set", d)}.{self.pick(["issubset", "isdisjoint", "issuperset"])}({e("list", d)})',
            lambda: f'hasattr({e(None, d)}, {self.pick(["__doc__", "real", "keys", "nope"])!r})' if False else f'hasattr({e(None, d)}, {self.pick(["real", "keys", "nope", "append"])!r})',
        ])()

    def make_int(self, d):
        e = self.expr
        return self.pick([
            lambda: f'({e("int", d)} {self.pick(["+", "-", "*", "//", "%", "&", "|", "^"])} {e("int", d)})',
            lambda: f'({e("int", d)} {self.pick(["+", "-", "*", "//", "%"])} {e("int", d)})',
            lambda: f'({e("int", d)} ** ({e("int", d)} % 9))',
            lambda: f'({e("int", d)} {self.pick(["<<", ">>"])} ({e("int", d)} % 70))',
            lambda: f'({self.pick(["-", "+", "~"])}{e("int", d)})',
            lambda: f'len({e(self.pick(["str", "bytes", "list", "dict", "tuple", "set"]), d)})',
            lambda: f'int({e(self.pick(["float", "str", "bool", "int"]), d)})',
            lambda: f'int({e("str", d)}, {self.pick(["10", "16", "2", "0", "36", "8"])})',
            lambda: f'abs({e("int", d)})',
            lambda: f'round({e("float", d)})',
            lambda: f'round({e("int", d)}, {self.pick(["-1", "-2", "2", "0"])})',
            lambda: f'sum({self.pick([e("list", d), self.comp("int", d, "()")])})',
            lambda: f'{self.pick(["max", "min"])}({e("int", d)}, {e("int", d)})',
            lambda: f'{self.pick(["max", "min"])}({e("list", d)}, default={e("int", d)})',
            lambda: f'{e("list", d)}.{self.pick(["index", "count"])}({e("int", d)})',
            lambda: f'{e("str", d)}.{self.pick(["find", "rfind", "index", "count", "rindex"])}({e("str", d)}{self.pick(["", ", 1", ", -3, 5", ", None, 2"])})',
            lambda: f'ord({self.pick(STRS)}[{self.pick(["0", "-1", "1"])}])',
            lambda: f'hash_of({e(self.pick(["int", "float", "complex", "bool"]), d)})',
            lambda: f'{e("dict", d)}.get({e(None, d)}, {e("int", d)})',
            lambda: f'{e("int", d)}.bit_length()',
            lambda: f'{e("int", d)}.{self.pick(["bit_count()", "conjugate()", "real", "numerator", "is_integer()", "as_integer_ratio()[0]"])}',
            lambda: f'pow({e("int", d)}, {e("int", d)} % 20, {e("int", d)})',
            lambda: f'pow({e("int", d)}, -1, {e("int", d)})',
            lambda: f'divmod({e("int", d)}, {e("int", d)})[{self.pick(["0", "1"])}]',
            lambda: f'int.from_bytes({e("bytes", d)}, {self.pick(["\"big\"", "\"little\""])}{self.pick(["", ", signed=True"])})',
            lambda: f'{e("bytes", d)}[{self.index(d)}]',
            lambda: f'{e("tuple", d)}[{self.index(d)}]',
            lambda: f'{e("list", d)}[{self.index(d)}]',
            lambda: f'range({e("int", d)}, {e("int", d)}, {e("int", d)})[{self.index(d)}]',
            lambda: f'len(range({e("int", d)}, {e("int", d)}, {e("int", d)}))',
            lambda: f'range({e("int", d)}).index({e("int", d)})',
            lambda: f'sum(map(lambda q: q, {e("list", d)}), {e("int", d)})',
            lambda: f'sum(1 for _ in {e(self.pick(["str", "list", "dict"]), d)})',
        ])()

    def index(self, d):
        return self.pick(['0', '-1', '1', '2', '100', '-100', self.expr('int', d), 'True'])

    def slice(self, d):
        part = lambda: self.pick(['', '', '0', '1', '-1', '2', '-2', '100', '-100', 'None', self.expr('int', d)])
        return f'{part()}:{part()}' if self.chance(.6) else f'{part()}:{part()}:{self.pick(["", "1", "-1", "2", "-2", "0", "None", "3"])}'

    def make_float(self, d):
        e = self.expr
        return self.pick([
            lambda: f'({e("float", d)} {self.pick(["+", "-", "*", "/", "//", "%"])} {e(self.pick(["float", "int"]), d)})',
            lambda: f'({e("int", d)} / {e("int", d)})',
            lambda: f'({e("int", d)} {self.pick(["+", "-", "*", "//", "%"])} {e("float", d)})',
            lambda: f'({e("float", d)} ** {e(self.pick(["float", "int"]), d)})',
            lambda: f'(-{e("float", d)})',
            lambda: f'float({e(self.pick(["int", "str", "bool"]), d)})',
            lambda: f'round({e("float", d)}, {self.pick(["0", "1", "2", "-1", "5", "20"])})',
            lambda: f'abs({e(self.pick(["float", "complex"]), d)})',
            lambda: f'{e("complex", d)}.{self.pick(["real", "imag"])}',
            lambda: f'sum([{e("float", d)}, {e("float", d)}, {e("int", d)}])',
            lambda: f'divmod({e("float", d)}, {e("float", d)})[{self.pick(["0", "1"])}]',
            lambda: f'float.fromhex({e("float", d)}.hex())',
            lambda: f'{self.pick(["max", "min"])}({e("float", d)}, {e("int", d)})',
            lambda: f'{e("float", d)}.as_integer_ratio()[0]',
            lambda: f'({e("float", d)}).{self.pick(["is_integer()", "hex()", "conjugate()", "real", "imag"])}',
        ])()

    def make_complex(self, d):
        e = self.expr
        return self.pick([
            lambda: f'({e("complex", d)} {self.pick(["+", "-", "*", "/"])} {e("complex", d)})',
            lambda: f'complex({e("float", d)}, {e(self.pick(["int", "float"]), d)})',
            lambda: f'complex({self.pick(["\"1+2j\"", "\"-j\"", "\" 3 \"", "\"(1e3-4j)\"", "\"x\"", e("str", d)])})',
            # Powers beyond all numbers are nan+nanj in 3.13 and raise OverflowError in 3.14.
            lambda: f'({self.pick(["1j", "0j", "(-1.5+2j)", "complex(3, -0.0)", "(2-1e10j)"])} ** {self.pick(["2", "-1", "0.5", "0", "1j", "3"])})',
            lambda: f'(-{e("complex", d)})',
            lambda: f'{e("complex", d)}.conjugate()',
        ])()

    def make_str(self, d):
        e = self.expr
        methods0 = ['upper', 'lower', 'title', 'capitalize', 'swapcase', 'strip', 'lstrip', 'rstrip', 'casefold', 'expandtabs']
        return self.pick([
            lambda: f'({e("str", d)} + {e("str", d)})',
            lambda: f'({e("str", d)} * ({e("int", d)} % 4))',
            lambda: f'{e("str", d)}[{self.slice(d)}]',
            lambda: f'{e("str", d)}[{self.index(d)}]',
            lambda: f'{e("str", d)}.{self.pick(methods0)}()',
            lambda: f'{e("str", d)}.{self.pick(["strip", "lstrip", "rstrip", "removeprefix", "removesuffix"])}({e("str", d)})',
            lambda: f'{e("str", d)}.replace({e("str", d)}, {e("str", d)}{self.pick(["", ", 1", ", 0", ", count=2"])})',
            lambda: f'{e("str", d)}.{self.pick(["center", "ljust", "rjust"])}({e("int", d)} % 20{self.pick(["", ", \"*\"", ", \"é\"", ", \"\""])})',
            lambda: f'{e("str", d)}.zfill({e("int", d)} % 20)',
            lambda: f'{e("str", d)}.join({e("list", d)})',
            lambda: f'{e("str", d)}.join(map({self.pick(["str", "repr", "ascii"])}, {e("list", d)}))',
            lambda: f'{self.pick(["str", "repr", "ascii"])}({e(self.pick(["int", "float", "complex", "str", "bytes", "list", "tuple", "bool"]), d)})',
            lambda: f'{self.pick(["hex", "bin", "oct"])}({e("int", d)})',
            lambda: f'format({e(self.pick(["int", "float", "str", "bool", "complex"]), d)}, {self.pick(SPECS)!r})',
            lambda: self.f_string(d),
            lambda: self.f_string(d),
            lambda: self.percent(d),
            lambda: self.str_format(d),
            lambda: f'chr({e("int", d)} % 0x3000)',
            lambda: f'{e("bytes", d)}.decode({self.pick(["", "\"latin-1\"", "\"utf-8\", \"replace\"", "\"ascii\", \"ignore\"", "\"utf-8\", \"backslashreplace\"", "\"utf-16\"", "\"nope\""])})',
            lambda: f'{e("bytes", d)}.hex({self.pick(["", "\"-\"", "\":\", 2"])})',
            lambda: f'{e("str", d)}.translate({{97: "Z", 98: None, 0x20: 45}})',
            lambda: f'{e("str", d)}.partition({e("str", d)})[{self.pick(["0", "1", "2"])}]',
            lambda: f'max({e("str", d)}, {e("str", d)})',
            lambda: f'type({e(None, d)}).__name__',
        ])()

    def f_string(self, d):
        parts = []
        for _ in range(self.r.randrange(1, 4)):
            if self.chance(.4):
                parts.append(self.pick(['a', '{{', '}}', ' ', 'é', '\\n', '%']))
            else:
                kind = self.pick(['int', 'float', 'str', 'bool', 'list'])
                value = self.expr(kind, min(d, 1))
                spec = self.pick(['', '', ':' + self.pick(SPECS), '!r', '!s:>8', '!a', ' = ', ':{5}', ':>{3 + 4}.{2}', ':{"x"}'])
                # 3.14 takes the text before `=` as it is, escapes too.
                spec = '' if spec == ' = ' and '\\' in value else spec
                parts.append('{' + ('' if not value.startswith('{') else ' ') + value + spec + '}')
        return 'f"""' + ''.join(parts) + '"""'

    def percent(self, d):
        kinds = self.r.randrange(1, 3)
        directives, values = [], []
        for _ in range(kinds):
            directive, kind = self.pick([('%d', 'int'), ('%5d', 'int'), ('%-6x|', 'int'), ('%#o', 'int'), ('%+.2f', 'float'), ('%s', None), ('%r', None), ('%10.3s', 'str'),
                                         ('%e', 'float'), ('%g', 'float'), ('%05.1f', 'float'), ('%c', 'int'), ('%i', 'float'), ('% d', 'int'), ('%a', 'str'), ('%.3d', 'int'), ('%X', 'int'), ('%z', 'int'), ('%s%%', 'int')])
            directives.append(directive)
            values.append(self.expr(kind or self.pick(['int', 'float', 'str', 'list']), d - 1))
        return f'({" ".join(directives)!r} % ({", ".join(values)},))'

    def str_format(self, d):
        form = self.pick(['{}', '{0}{0}', '{:>10}', '{a}', '{0[0]}', '{:{}}', '{!r:^12}', '{} {}', '{0.real}', '{:,}', '{1}', '{{}}{}', '{', '{:x}', '{a[k]}', '{!z}'])
        return f'{form!r}.format({self.expr(self.pick(["int", "float", "str", "list"]), d)}, {self.expr("int", d)} % 12{self.pick(["", ", a=" + self.expr(None, d - 1)])})'

    def make_bytes(self, d):
        e = self.expr
        return self.pick([
            lambda: f'({e("bytes", d)} + {e("bytes", d)})',
            lambda: f'({e("bytes", d)} * ({e("int", d)} % 4))',
            lambda: f'{e("bytes", d)}[{self.slice(d)}]',
            lambda: f'{e("str", d)}.encode({self.pick(["", "\"latin-1\"", "\"utf-8\", \"surrogatepass\"", "\"ascii\", \"replace\"", "\"ascii\", \"xmlcharrefreplace\"", "\"utf-16-le\"", "\"ascii\", \"backslashreplace\"", "\"utf-8\", \"ignore\""])})',
            lambda: f'bytes({self.pick([e("list", d), "3", e("bytes", d), e("int", d) + " % 5", "[1, 255]", "[256]"])})',
            lambda: f'{e("bytes", d)}.{self.pick(["upper", "lower", "title", "strip", "swapcase", "capitalize"])}()',
            lambda: f'{e("bytes", d)}.replace({e("bytes", d)}, {e("bytes", d)})',
            lambda: f'({e("int", d)}).to_bytes({self.pick(["1", "4", "8", "16"])}, {self.pick(["\"big\"", "\"little\""])}{self.pick(["", ", signed=True"])})',
            lambda: f'{e("bytes", d)}.join([{e("bytes", d)}, {e("bytes", d)}])',
            lambda: f'bytes.fromhex({self.pick(["\"00 ff\"", "\"0\"", "\"zz\"", "\"aB\""])})',
            lambda: f'(b"%d|%s|%x" % ({e("int", d)}, {e("bytes", d)}, {e("int", d)}))',
            lambda: f'bytes({e("bytes", d)}.center({e("int", d)} % 12, b"."))',
            lambda: f'bytes(memoryview({e("bytes", d)})[{self.slice(d)}])',
            lambda: f'bytes(bytearray({e("bytes", d)}))',
            lambda: f'{e("bytes", d)}.{self.pick(["partition", "rpartition"])}({e("bytes", d)})[0]',
        ])()

    def comp(self, kind, d, brackets):
        """A comprehension whose items are `kind`."""
        names = []
        clauses = []
        for i in range(self.pick([1, 1, 1, 2])):
            name = self.fresh('c')
            source, item = self.pick([(f'range({self.expr("int", 0)} % 6)', 'int'), (self.expr('list', d - 1), 'int'), (self.expr('str', d - 1), 'str'),
                                      (f'enumerate({self.expr("list", d - 1)})', 'tuple'), (f'{self.expr("dict", d - 1)}.items()', 'tuple'),
                                      (f'zip({self.expr("list", d - 1)}, {self.expr("str", d - 1)})', 'tuple'), (f'{self.expr("bytes", d - 1)}', 'int')])
            clauses.append(f'for {name} in {source}')
            # Names of the first clause are known in the second.
            self.scopes.append({name: item})
            names.append(name)
            if self.chance(.3):
                clauses.append(f'if {self.cond(d - 1)}')
        item = self.expr(kind, d - 1)
        for _ in names:
            self.scopes.pop()
        return f'{brackets[0]}{item} {" ".join(clauses)}{brackets[1]}'

    def make_list(self, d):
        e = self.expr
        return self.pick([
            lambda: '[' + ', '.join(self.pick(['', '', '*'])  + e(self.pick(['list', 'str']), d - 1) if self.chance(.2) else e(None, d - 1) for _ in range(self.r.randrange(4))) + ']',
            lambda: self.comp(self.pick(ANY), d, '[]'),
            lambda: self.comp('int', d, '[]'),
            lambda: f'({e("list", d)} + {e("list", d)})',
            lambda: f'({e("list", d)} * ({e("int", d)} % 3))',
            lambda: f'{e("list", d)}[{self.slice(d)}]',
            lambda: f'sorted({e("set", d)}, key=repr)',
            lambda: f'sorted({e(self.pick(["list", "str", "dict"]), d)}{self.pick(["", ", reverse=True", ", key=str", ", key=repr", ", key=lambda q: (str(type(q)), str(q))"])})',
            lambda: f'list({self.pick(["map(str, %s)", "filter(None, %s)", "reversed(%s)", "zip(%s, range(3))", "enumerate(%s)", "%s", "dict.fromkeys(%s)", "map(lambda *q: q, %s, [1, 2])"]) % e("list", d)})',
            lambda: f'{e("str", d)}.{self.pick(["split", "rsplit"])}({self.pick(["", e("str", d), "None, 1", "\",\", 1", "sep=\"X\", maxsplit=1"])})',
            lambda: f'{e("str", d)}.splitlines({self.pick(["", "True"])})',
            lambda: f'{e("bytes", d)}.split({self.pick(["", "b\",\"", "None, 1", e("bytes", d)])})',
            lambda: f'list({e("dict", d)}{self.pick(["", ".keys()", ".values()", ".items()"])})',
            lambda: f'list(range({e("int", d)} % 8, {e("int", d)} % 8, {self.pick(["1", "-1", "2", "3"])}))',
            lambda: f'{e("list", d)}.copy()',
            lambda: f'list({e(self.pick(["str", "bytes", "tuple"]), d)})',
            lambda: f'list({self.pick(self.generators)}({e("int", d)} % 5))' if self.generators else e('list', d),
        ])()

    def make_tuple(self, d):
        e = self.expr
        return self.pick([
            lambda: '(' + ''.join(e(None, d - 1) + ', ' for _ in range(self.r.randrange(4))) + ')',
            lambda: f'tuple({e(self.pick(["list", "str"]), d)})',
            lambda: f'({e("tuple", d)} + {e("tuple", d)})',
            lambda: f'{e("tuple", d)}[{self.slice(d)}]',
            lambda: f'divmod({e("int", d)}, {e("int", d)})',
            lambda: f'{e("str", d)}.{self.pick(["partition", "rpartition"])}({e("str", d)})',
            lambda: f'(*{e("list", d)}, {e(None, d)})',
            lambda: f'slice({e("int", d)}, {self.pick(["None", e("int", d)])}, {self.pick(["None", "1", "-1", "2"])}).indices({e("int", d)} % 10)',
            lambda: f'{e("float", d)}.as_integer_ratio()',
            lambda: f'({e("tuple", d)} * ({e("int", d)} % 3))',
        ])()

    def make_dict(self, d):
        e = self.expr
        key = lambda: self.pick([self.literal('str'), self.literal('int'), e(self.pick(['int', 'str', 'tuple', 'float', 'bool']), d - 1)])
        return self.pick([
            lambda: '{' + ', '.join(f'**{e("dict", d - 1)}' if self.chance(.15) else f'{key()}: {e(None, d - 1)}' for _ in range(self.r.randrange(4))) + '}',
            lambda: self.comp('int', d, '{}').replace('{', '{' + 'str(w0 := 1): ' if False else '{0: ', 1),
            lambda: f'dict(zip({e(self.pick(["list", "str"]), d)}, {e("list", d)}))',
            lambda: f'dict.fromkeys({e(self.pick(["str", "list"]), d)}, {e(None, d)})',
            lambda: f'({e("dict", d)} | {e("dict", d)})',
            lambda: f'{e("dict", d)}.copy()',
            lambda: f'dict({self.pick(["a=1", "x=" + e(None, d - 1), e("dict", d) + ", z=0", e("list", d)])})',
            lambda: f'dict(sorted({e("dict", d)}.items(), key=repr))',
            lambda: f'{{q: {e(None, d - 1)} for q in {e("str", d)}}}',
        ])()

    def make_set(self, d):
        e = self.expr
        return self.pick([
            lambda: '{' + ', '.join(e(self.pick(['int', 'str', 'tuple', 'float', 'bool']), d - 1) for _ in range(self.r.randrange(1, 4))) + '}',
            lambda: self.comp(self.pick(['int', 'str', 'bool']), d, '{}'),
            lambda: f'({e("set", d)} {self.pick(["|", "&", "-", "^"])} {e("set", d)})',
            lambda: f'set({e(self.pick(["list", "str", "tuple"]), d)})',
            lambda: f'frozenset({e(self.pick(["list", "str", "tuple"]), d)})',
            lambda: f'{e("set", d)}.{self.pick(["union", "intersection", "difference", "symmetric_difference"])}({e("list", d)})',
            lambda: f'({e("dict", d)}.keys() {self.pick(["|", "&", "-", "^"])} {e("list", d)})',
        ])()

    def make_lone(self, d):
        e = self.expr
        item = lambda: e(self.pick(['int', 'str', 'tuple', 'float', 'bool']), d - 1)
        return self.pick([
            lambda: f'{{{item()}}}',
            lambda: f'frozenset([{item()}])',
            lambda: f'set(({item()},))',
            lambda: f'({{{item()}}} {self.pick(["&", "-"])} {e("set", d)})',
            lambda: f'{{*[{item()}]}}',
        ])()

    def call(self, d):
        name, (least, most, keywords) = self.pick(list(self.functions.items()))
        count = self.r.randrange(least, most + 1) if self.chance(.9) else self.r.randrange(most + 3)
        parts = [self.expr(None, d - 1) for _ in range(count)]
        if self.chance(.15) and parts:
            parts[-1] = '*' + self.expr('list', d - 1)
        for k in keywords:
            if self.chance(.4):
                parts.append(f'{k}={self.expr(None, d - 1)}')
        if self.chance(.1):
            parts.append(self.pick(['**{}', "**{'a': 1}", "**{'p0': 2}", "**{1: 2}", "zz=1"]))
        return f'{name}({", ".join(parts)})'

    def instance_use(self, d):
        c = self.pick(self.classes)
        o = f'{c}({self.expr(None, d - 1)})'
        other = self.pick([self.expr(None, d - 1), f'{self.pick(self.classes)}({self.expr("int", d - 1)})'])
        return self.pick([
            lambda: f'({o} {self.pick(["+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "**"])} {other})',
            lambda: f'({other} {self.pick(["+", "-", "*", "/", "%", "|", "@"])} {o})',
            lambda: f'({o} {self.pick(["<", "<=", "==", "!=", ">", ">="])} {other})',
            lambda: f'{o}[{self.pick([other, self.slice(d)])}]',
            lambda: f'{o}({other})',
            lambda: f'{o}.{self.pick(["v", "p", "nope", "m", "s", "d", "__dict__", "__class__.__name__"])}',
            lambda: f'{o}.m({other})',
            lambda: f'{c}.{self.pick(["s", "k", "m"])}({other})',
            lambda: f'{self.pick(["len", "bool", "int", "str", "list", "hash_of", "abs", "float", "-", "~", "+", "repr", "iter_list", "reversed_list"])}({o})',
            lambda: f'({other} in {o})',
            lambda: f'isinstance({o}, {self.pick(self.classes)})',
            lambda: f'format({o}, "x")',
            lambda: f'[q.__name__ for q in {c}.__mro__]',
            lambda: f'getattr({o}, "{self.pick(["v", "zz", "p"])}", {other})',
        ])()

    # --- statements

    def block(self, count=None, depth=2):
        self.indent += 1
        if self.chance(.25):
            self.put('tick()')
        for _ in range(count or self.r.randrange(1, 4)):
            self.statement(depth)
        self.indent -= 1

    def assign(self, depth):
        kind = self.pick(TYPES)
        scope = self.scopes[-1]
        if self.chance(.5) and scope:
            name = self.pick(list(scope))
        else:
            name = self.fresh()
        self.put(f'{name} = clip({self.expr(kind)})')
        scope[name] = kind

    def statement(self, depth):
        self.budget -= 1
        if depth <= 0 or self.budget < 0:
            return self.simple(depth)
        choices = [self.simple] * 8 + [self.if_, self.for_, self.for_, self.while_, self.try_, self.try_, self.try_, self.with_, self.match,
                                       self.function, self.class_, self.generator, self.star_try, self.coroutine, self.generator_use, self.closure]
        self.pick(choices)(depth)

    def simple(self, depth):
        self.pick([self.assign, self.assign, self.probe, self.probe, self.probe, self.augment, self.unpack, self.delete, self.trace, self.leave,
                   self.store, self.mutate, self.raise_])(depth)

    def probe(self, depth):
        self.put(f'show({self.fresh("s")!r}, lambda: {self.expr()})')

    def trace(self, depth):
        names = [n for scope in self.scopes for n in scope]
        if names:
            self.put(f'trace({", ".join(self.r.sample(names, min(len(names), self.r.randrange(1, 4))))})')
        else:
            self.put(f'trace({self.expr(None, 2)})')

    def augment(self, depth):
        scope = self.scopes[-1]
        if not scope:
            return self.assign(depth)
        name, kind = self.pick(list(scope.items()))
        op = self.pick(['+', '-', '*', '|', '&', '%', '//', '^', '/', '>>'])
        if kind in ('str', 'bytes', 'list', 'tuple'):
            op = '+' if self.chance(.9) else '*'
        if op == '*' and kind in ('str', 'bytes', 'list', 'tuple'):
            self.put(f'{name} *= {self.expr("int", 1)} % 4')
        else:
            self.put(f'{name} {op}= {self.expr(kind, 2)}')
        self.put(f'{name} = clip({name})')

    def unpack(self, depth):
        names = [self.fresh() for _ in range(self.r.randrange(1, 4))]
        star = self.r.randrange(4)
        targets = ', '.join(('*' if i == star else '') + n for i, n in enumerate(names)) + ','
        self.put(f'{targets} = {self.expr(self.pick(["list", "tuple", "str"]))}')
        for i, n in enumerate(names):
            self.scopes[-1][n] = 'list' if i == star else 'int'

    def delete(self, depth):
        scope = self.scopes[-1]
        if not scope or self.chance(.5):
            lists = self.names('list')
            if lists:
                self.put(f'del {self.pick(lists)}[{self.pick([self.slice(1), "0", "-1"])}]')
            return self.put('pass')
        name = self.pick(list(scope))
        if self.in_loop == 0 or self.chance(.2):
            self.put(f'del {name}')
            if self.chance(.8):
                self.put(f'{name} = {self.expr(scope[name], 1)}')
        else:
            self.put('pass')

    def store(self, depth):
        lists, dicts = self.names('list'), self.names('dict')
        if lists and self.chance(.5):
            self.put(self.pick([f'{self.pick(lists)}[{self.index(1)}] = {self.expr(None, 2)}', f'{self.pick(lists)}[{self.slice(1)}] = {self.expr("list", 2)}']))
        elif dicts:
            self.put(f'{self.pick(dicts)}[{self.expr(self.pick(["int", "str", "tuple", "list"]), 1)}] {self.pick(["=", "=", "+="])} {self.expr(None, 2)}')
        else:
            self.assign(depth)

    def mutate(self, depth):
        kind = self.pick(['list', 'dict', 'set'])
        names = self.names(kind)
        if not names:
            return self.assign(depth)
        n, e = self.pick(names), lambda k=None: self.expr(k, 1)
        text = {
            'list': [f'append({e()})', f'extend({e("list")})', f'insert({e("int")}, {e()})', 'pop()', f'pop({self.index(1)})', f'remove({e("int")})', 'reverse()', 'sort(key=repr)', 'sort()', 'clear()'],
            'dict': [f'update({e("dict")})', f'pop({e("int")}, None)', f'setdefault({e("str")}, {e()})', 'popitem()', f'pop({e("str")})', 'clear()', f'update(a={e()})'],
            'set': [f'add({e("int")})', f'discard({e("int")})', f'update({e("list")})', f'remove({e("int")})', 'clear()', f'symmetric_difference_update({e("list")})'],
        }[kind]
        self.put(f'show({self.fresh("s")!r}, lambda: {n}.{self.pick(text)})')
        self.put(f'trace({n})')

    def raise_(self, depth):
        if depth < 2 and self.chance(.5):
            e = self.pick(EXCEPTIONS)
            cause = self.pick(['', '', ' from None', f' from {self.pick(EXCEPTIONS)}()'])
            self.put(f'if {self.cond(2)}: raise {e}({self.expr(None, 1)}){cause}')
        else:
            self.put(f'assert {self.cond(2)}, {self.expr(None, 1)}')

    def leave(self, depth):
        if self.in_loop and not self.in_star and self.chance(.5):
            self.put(f'if {self.cond(2)}: {self.pick(["break", "continue"])}')
        elif self.in_generator and self.chance(.8):
            self.put(self.pick([f'trace((yield {self.expr(None, 2)}))', f'yield {self.expr(None, 2)}', f'yield from {self.expr("list", 2)}']))
        elif self.in_async and self.chance(.7):
            self.put(f'trace(await pause({self.expr(None, 1)}))')
        elif self.in_function and not self.in_star:
            self.put(f'if {self.cond(2)}: return {self.expr(None, 2)}')
        else:
            self.trace(depth)

    def if_(self, depth):
        self.put(f'if {self.cond(3)}:')
        self.block(depth=depth - 1)
        if self.chance(.4):
            self.put(f'elif {self.cond(3)}:')
            self.block(depth=depth - 1)
        if self.chance(.5):
            self.put('else:')
            self.block(depth=depth - 1)

    def loop_body(self, depth):
        outer, star = self.in_star, self.in_loop
        self.in_loop, self.in_star = self.in_loop + 1, 0
        self.indent += 1
        self.put('tick()')
        self.indent -= 1
        # A `return` out of `except*` is not allowed from a loop inside it either.
        if outer:
            function, self.in_function = self.in_function, 0
            self.block(depth=depth - 1)
            self.in_function = function
        else:
            self.block(depth=depth - 1)
        self.in_star, self.in_loop = outer, star
        if self.chance(.3):
            self.put('else:')
            self.block(1, depth=depth - 1)

    def for_(self, depth):
        name = self.fresh()
        source, kind = self.pick([(f'range({self.expr("int", 1)} % 5)', 'int'), (self.expr('list'), 'int'), (f'enumerate({self.expr("str")})', 'tuple'), (self.expr('str'), 'str'),
                                  (f'{self.expr("dict")}.items()', 'tuple'), (f'zip({self.expr("list")}, {self.expr("str")})', 'tuple'), (self.expr('tuple'), 'int'), (f'sorted({self.expr("set")}, key=repr)', 'int'),
                                  (f'reversed({self.expr("list")})', 'int'), (self.expr('dict'), 'str')])
        if kind == 'tuple' and self.chance(.7):
            other = self.fresh()
            self.put(f'for {name}, {other} in {source}:')
            self.scopes[-1].update({name: 'int', other: 'str'})
        else:
            self.put(f'for {name} in {source}:')
            self.scopes[-1][name] = kind
        self.loop_body(depth)

    def while_(self, depth):
        name = self.fresh('n')
        self.put(f'{name} = {self.r.randrange(1, 5)}')
        self.put(f'while {name} > 0 and ({self.cond(1)} or True):')
        self.indent += 1
        self.put(f'{name} -= 1')
        self.indent -= 1
        self.loop_body(depth)

    def try_(self, depth):
        self.put('try:')
        self.block(depth=depth - 1)
        handlers = self.r.randrange(3)
        names = []
        for _ in range(handlers):
            types = self.pick(EXCEPTIONS) if self.chance(.7) else f'({self.pick(EXCEPTIONS)}, {self.pick(EXCEPTIONS)})'
            name = self.fresh('e')
            self.put(f'except {types} as {name}:')
            self.indent += 1
            self.put(f'trace({name})')
            self.indent -= 1
            self.block(1, depth=depth - 1)
            if self.chance(.25):
                self.indent += 1
                self.put(self.pick(['raise', f'raise {self.pick(EXCEPTIONS)}({self.expr(None, 1)}) from {name}', f'raise {self.pick(EXCEPTIONS)}(7)']))
                self.indent -= 1
        if self.chance(.5) or not handlers:
            if handlers and self.chance(.4):
                self.put('else:')
                self.block(1, depth=depth - 1)
            self.put('finally:')
            self.indent += 1
            self.put(f'trace({self.fresh("f")!r})')
            self.indent -= 1
            self.block(1, depth=depth - 1)

    def star_try(self, depth):
        self.put('try:')
        self.indent += 1
        inner = ', '.join(f'{self.pick(EXCEPTIONS)}({i})' for i in range(self.r.randrange(1, 4)))
        text = f'ExceptionGroup("g", [{inner}])'
        if self.chance(.3):
            text = f'ExceptionGroup("h", [{text}, {self.pick(EXCEPTIONS)}("x")])'
        self.put(f'raise {text}' if self.chance(.8) else f'raise {self.pick(EXCEPTIONS)}(1)')
        self.indent -= 1
        outer, self.in_star = self.in_star, 1
        for _ in range(self.r.randrange(1, 3)):
            name = self.fresh('e')
            self.put(f'except* {self.pick(EXCEPTIONS)} as {name}:')
            self.indent += 1
            self.put(f'trace({name})')
            if self.chance(.3):
                self.put(self.pick(['raise', f'raise {self.pick(EXCEPTIONS)}("n")', f'raise {self.pick(EXCEPTIONS)}("n") from {name}']))
            self.indent -= 1
            self.block(1, depth=depth - 1)
        self.in_star = outer
        if self.chance(.4):
            self.put('finally:')
            self.block(1, depth=depth - 1)

    def with_(self, depth):
        managers = []
        for _ in range(self.r.randrange(1, 3)):
            name = self.fresh()
            managers.append(f'Manager({self.expr(None, 1)}, {self.pick(["False", "False", "True"])}) as {name}')
            self.scopes[-1][name] = 'str'
        word = 'async with' if self.in_async and self.chance(.5) else 'with'
        self.put(f'{word} {", ".join(managers)}:')
        self.block(depth=depth - 1)

    def pattern(self, depth, bound):
        if depth <= 0 or self.chance(.3):
            name = self.fresh('m')
            text = self.pick(['_', name, '1', "'a'", 'None', 'True', '-1', '0.5', "b'a'", 'int()', 'str()', f'str({name})', f'int() as {name}', "1 | 2 | 'a'", 'float(real=0.0)'])
            if name in text:
                bound.append(name)
            return text
        sub = lambda: self.pattern(depth - 1, bound)
        kind = self.r.randrange(5)
        if kind == 0:
            items = [sub() for _ in range(self.r.randrange(3))]
            items = [f'({i})' if ' as ' in i else i for i in items]
            if self.chance(.5):
                name = self.fresh('m')
                bound.append(name)
                items.insert(self.r.randrange(len(items) + 1), f'*{name}')
            return '[' + ', '.join(items) + ']'
        if kind == 1:
            items = [f'{k}: {sub()}' for k in self.r.sample(["'a'", '1', "'k'", 'None'], self.r.randrange(3))]
            if self.chance(.4):
                name = self.fresh('m')
                bound.append(name)
                items.append(f'**{name}')
            return '{' + ', '.join(items) + '}'
        if kind == 2 and self.classes:
            return f'{self.pick(self.classes)}({self.pick(["", "v=" + sub(), sub()])})'
        if kind == 3:
            return f'({sub()})'
        return f'({sub()},)' if True else sub()

    def match(self, depth):
        self.put(f'match {self.expr()}:')
        self.indent += 1
        for _ in range(self.r.randrange(1, 4)):
            bound = []
            text = self.pattern(2, bound)
            self.put(f'case {text} if {self.pick(["True", self.cond(1)])}:')
            # Before the guard has run the names are bound, so they may be shown inside.
            self.indent += 1
            self.put(f'trace({", ".join([repr(self.fresh("m")), *bound])})')
            self.indent -= 1
            self.block(1, depth=depth - 1)
        if self.chance(.5):
            self.put('case _:')
            self.block(1, depth=depth - 1)
        self.indent -= 1

    def parameters(self):
        """Parameter text, and (least, most, keyword names) of a call; and the names."""
        positional = [f'p{i}' for i in range(self.r.randrange(3))]
        text, least = [], 0
        default = False
        for p in positional:
            default = default or self.chance(.3)
            text.append(f'{p}={self.expr(None, 1)}' if default else p)
            least += not default
        if positional and self.chance(.2):
            text.insert(self.r.randrange(1, len(text) + 1), '/')
        most, names = len(positional), list(positional)
        keywords = []
        if self.chance(.3):
            text.append('*rest' if self.chance(.6) else '*')
            if text[-1] == '*rest':
                most += 2
                names.append('rest')
            k = self.fresh('k')
            if text[-1] == '*' or self.chance(.5):
                text.append(f'{k}={self.expr(None, 1)}' if self.chance(.6) else k)
                keywords.append(k)
                names.append(k)
        if self.chance(.2):
            text.append('**more')
            keywords.append('a')
            names.append('more')
        return ', '.join(text), (least, most, keywords), names

    def body(self, names, count=None, depth=2, generator=0, asynchronous=0, function=1):
        state = self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async
        self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async = function, 0, 0, generator, asynchronous
        self.scopes.append({n: {'rest': 'tuple', 'more': 'dict'}.get(n, 'int') for n in names})
        self.indent += 1
        self.put('tick()')
        if generator:
            self.put(f'yield {self.expr(None, 1)}')
        self.indent -= 1
        self.block(count, depth=depth)
        self.indent += 1
        if self.chance(.8):
            self.put(f'return {self.expr(None, 2)}')
        self.indent -= 1
        self.scopes.pop()
        self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async = state

    def function(self, depth):
        name = self.fresh('f')
        text, shape, names = self.parameters()
        if self.chance(.2):
            deco = self.fresh('deco')
            self.put(f'def {deco}(f):')
            self.put('    def inner(*args, **kwargs):')
            self.put(f'        trace({deco!r}, args, kwargs)')
            self.put('        return f(*args, **kwargs)')
            self.put('    return inner')
            self.put(f'@{deco}')
        self.put(f'def {name}({text}):')
        # What a function itself calls is made before: no recursion without an end, but for the fuel.
        self.body(names, depth=depth - 1)
        self.functions[name] = shape
        if len(self.functions) > 6:
            self.functions.pop(next(iter(self.functions)))
        self.put(f'show({self.fresh("s")!r}, lambda: {self.call(2)})')

    def closure(self, depth):
        outer, inner, cell = self.fresh('f'), self.fresh('g'), self.fresh('v')
        self.put(f'def {outer}(p0=0):')
        self.put('    tick()')
        self.put(f'    {cell} = {self.expr(None, 1)}')
        self.put(f'    def {inner}(*rest):')
        word = self.pick(['nonlocal', 'nonlocal', 'global'])
        self.put(f'        {word} {cell}')
        self.put(f'        {self.pick([f"{cell} = {self.expr(None, 1)}", f"{cell} += 1", f"del {cell}", f"{cell} = [{cell}, rest]"])}')
        self.put(f'        return {cell}')
        self.put(f'    show({self.fresh("s")!r}, lambda: {inner}(1))')
        self.put(f'    show({self.fresh("s")!r}, lambda: {cell})')
        self.put(f'    return [{inner}, lambda: {cell}][p0]')
        self.put(f'show({self.fresh("s")!r}, lambda: {outer}({self.pick(["", "1", "0", "2"])})())')

    def generator(self, depth):
        name = self.fresh('gen')
        self.put(f'def {name}(p0=3):')
        self.body(['p0'], depth=depth - 1, generator=1)
        self.generators.append(name)
        self.generator_use(depth)

    def generator_use(self, depth):
        if not self.generators:
            return self.function(depth)
        name = self.pick(self.generators)
        g = self.fresh('it')
        self.put(f'{g} = {name}({self.expr("int", 1)} % 5)')
        for _ in range(self.r.randrange(1, 4)):
            self.put(f'show({self.fresh("s")!r}, lambda: ' + self.pick([
                f'next({g})', f'next({g}, "end")', f'{g}.send({self.expr(None, 1)})', f'{g}.throw({self.pick(EXCEPTIONS)}({self.expr(None, 0)}))', f'{g}.close()',
                f'list({g})', f'[*{g}]', f'{g}.gi_running', f'sum(1 for _ in {g})', f'{g}.throw(GeneratorExit)', f'tuple(q for q in {g})', f'dict(enumerate({g}))']) + ')')

    def coroutine(self, depth):
        name = self.fresh('co')
        self.put(f'async def {name}(p0=1):')
        if self.chance(.3):
            # An asynchronous generator; a coroutine around it drives it.
            state = self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async
            self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async = 0, 0, 0, 0, 1
            self.scopes.append({'p0': 'int'})
            self.indent += 1
            self.put('tick()')
            self.put(f'yield {self.expr(None, 1)}')
            self.indent -= 1
            self.block(2, depth=depth - 1)
            self.indent += 1
            self.put(f'trace((yield {self.expr(None, 1)}))')
            self.indent -= 1
            self.scopes.pop()
            self.in_function, self.in_loop, self.in_star, self.in_generator, self.in_async = state
            user = self.fresh('co')
            self.put(f'async def {user}():')
            self.put('    ' + self.pick([f'return [q async for q in {name}(1)]', f'async for q in {name}(): trace(q)', f'return {{q: 1 async for q in {name}(2) if not trace(1)}}',
                                         f'g = {name}(); trace(await anext(g)); await g.aclose(); return await anext(g, "end")',
                                         f'g = {name}(); trace(await g.asend(None)); return await g.athrow({self.pick(EXCEPTIONS)}(1))']))
            name = user
        else:
            self.body(['p0'], depth=depth - 1, asynchronous=1)
        self.put(f'show({self.fresh("s")!r}, lambda: drive({name}()))')

    def class_(self, depth):
        name = self.fresh('C')
        e = self.expr
        bases = self.r.sample(self.classes, min(len(self.classes), self.pick([0, 0, 1, 1, 2])))
        if not bases and self.chance(.2):
            bases = [self.pick(['int', 'str', 'list', 'dict', 'tuple', 'Exception', 'float'])]
        keyword = ', flag=1' if self.chance(.1) else ''
        self.put(f'class {name}({", ".join(bases)}{keyword if bases else keyword[2:]}):')
        self.indent += 1
        if self.chance(.2):
            self.put(f'__slots__ = {self.pick(["()", "(\"v\",)", "(\"v\", \"w\")", "[\"v\", \"__dict__\"]"])}')
        if self.chance(.5):
            self.put('__match_args__ = ("v",)')
        self.put(f'k = {e(None, 1)}')
        parts = []

        def method(head, *lines):
            parts.append([head, *lines])
        builtin = bool(bases) and bases[0] in ('int', 'str', 'list', 'dict', 'tuple', 'Exception', 'float')
        if not builtin or self.chance(.5):
            method('def __init__(self, v=0, *a):', 'tick()', f'self.v = {self.pick(["v", "v", "(v, a)", e(None, 1)])}', self.pick(['pass', 'super().__init__()', 'super().__init__(v)', 'pass', 'pass']) if bases else 'pass')
        this = 'getattr(self, "v", None)'
        for op in self.r.sample(['add', 'radd', 'sub', 'rsub', 'mul', 'rmul', 'truediv', 'mod', 'rmod', 'matmul', 'or', 'ror', 'iadd', 'pow', 'lshift', 'and', 'floordiv'], 4):
            method(f'def __{op}__(self, other):', 'tick()', self.pick(['return NotImplemented', f'return ({op!r}, {this})', f'return {op!r}, other', f'return {e(None, 1)}', 'raise TypeError("no")']))
        for op in self.r.sample(['lt', 'le', 'eq', 'ne', 'gt', 'ge'], 2):
            method(f'def __{op}__(self, other):', 'tick()', self.pick(['return NotImplemented', f'return {this} is None', f'trace({op!r}); return {e("bool", 1)}', f'return {e(None, 1)}']))
        specials = [
            ('__len__(self)', f'return {e("int", 1)} % 5'), ('__len__(self)', f'return {e(None, 1)}'), ('__bool__(self)', f'return {e("bool", 1)}'), ('__call__(self, *a, **k)', 'trace("call", a, k); return a'),
            ('__getitem__(self, i)', 'trace("item", i); return [10, 20, 30][i]'), ('__setitem__(self, i, x)', 'trace("set", i, x)'), ('__contains__(self, x)', f'trace("has"); return {e(None, 1)}'),
            ('__iter__(self)', f'return iter({e("list", 1)})'), ('__iter__(self)', 'yield from (1, 2)'), ('__next__(self)', 'raise StopIteration'), ('__hash__(self)', f'return {e("int", 1)}'),
            ('__str__(self)', f'return {e("str", 1)}'), ('__repr__(self)', f'return f"<{name}>"'), ('__getattr__(self, n)', 'trace("getattr", n)\nif n != "zz": raise AttributeError(n)'),
            ('__format__(self, spec)', 'return "F" + spec'), ('__index__(self)', f'return {e("int", 1)} % 3'), ('__int__(self)', f'return {e("int", 1)}'), ('__float__(self)', f'return {e("float", 1)}'),
            ('__neg__(self)', 'return "neg"'), ('__invert__(self)', f'return {e(None, 1)}'), ('__abs__(self)', f'return {e("int", 1)}'), ('__enter__(self)', 'trace("in")'), ('__exit__(self, *a)', 'return False'),
            ('__reversed__(self)', 'return iter([3, 2])'), ('__delattr__(self, n)', 'trace("del", n)'), ('__missing__(self, k)', 'return ("missing", k)'),
            ('__init_subclass__(cls, **k)', 'trace("sub", cls.__name__, k); super().__init_subclass__()'), ('__class_getitem__(cls, i)', 'return ("class item", i)'), ('__set_name__(self, o, n)', 'trace("name", n)'),
            ('__get__(self, o, t=None)', 'trace("get"); return 5'), ('__length_hint__(self)', 'return 2'), ('__round__(self, n=None)', 'return ("round", n)'),
            ('__getattribute__(self, n)', 'tick(); return super().__getattribute__(n)'), ('__setattr__(self, n, x)', 'tick(); super().__setattr__(n, x)'), ('__del__(self)', 'pass'),
            ('__instancecheck__(cls, o)', 'return True'), ('__new__(cls, *a)', 'trace("new"); return super().__new__(cls)'), ('__divmod__(self, o)', 'return 1, 2'), ('__bytes__(self)', 'return b"by"'), ('__complex__(self)', 'return 1j'),
        ]
        for head, text in self.r.sample(specials, self.r.randrange(2, 8)):
            method(f'def {head}:', *text.split('\n'))
        if self.chance(.5):
            method('@property', 'def p(self):', f'    tick()', f'    return {self.pick([this, e(None, 1), "self.nope"])}')
        if self.chance(.3):
            method('@staticmethod', f'def s(*a): return a')
        if self.chance(.3):
            method('@classmethod', f'def k(cls, *a): return cls.__name__, a')
        if self.chance(.5):
            method('def m(self, *a):', self.pick([f'return ({this}, a)', 'return super().m(*a)', f'return {e(None, 1)}', 'self.w = a; return self.w']))
        if self.chance(.2) and self.classes:
            method(f'd = {self.pick(self.classes)}()')
        self.r.shuffle(parts)
        for part in parts:
            self.put(part[0])
            for line in part[1:]:
                self.put(('' if part[0].startswith('@') else '    ') + line)
        self.indent -= 1
        if self.in_function == 0 and self.indent == 0:
            self.classes.append(name)
            if len(self.classes) > 4:
                self.classes.pop(0)
        saved = self.classes
        self.classes = [name]
        for _ in range(self.r.randrange(2, 5)):
            self.put(f'show({self.fresh("s")!r}, lambda: {self.instance_use(2)})')
        self.classes = saved


def program(seed):
    m = Maker(seed)
    for kind in m.r.sample(TYPES, 5):
        name = m.fresh()
        m.put(f'{name} = {m.literal(kind)}')
        m.scopes[0][name] = kind
    count = m.r.randrange(4, 12)
    for _ in range(count):
        # Each on its own, so that one that ends by an exception does not end the program.
        if m.chance(.5):
            m.put('try:')
            m.indent += 1
            m.statement(3)
            m.indent -= 1
            name = m.fresh('e')
            m.put(f'except Exception as {name}:')
            m.put(f'    trace("caught", {name})')
        else:
            m.statement(3)
    text = '\n'.join(m.lines) + '\n'
    # What is not used only lengthens what has to be made smaller.
    prelude = [line for line in PRELUDE.splitlines(True) if line[4:line.index('(')] in text]
    return ''.join(prelude) + text
