"""Writes expressions.txt: expressions over the value types and what CPython 3.13 makes of them.

Run: python3 expressions.py > expressions.txt. Each line is an expression, a tab, and its repr or `!Type: message`.
What 3.14 says otherwise is left out.
"""
import itertools
import warnings

warnings.simplefilter("ignore")
NUMBERS = ["0", "1", "-7", "2**70", "-2**63", "3.5", "-0.0", "float('inf')", "float('nan')", "True", "2j", "1-2.5j", "10**400"]
OTHERS = ["'ab'", "b'ab'", "None", "[1]", "bytearray(b'x')"]
LINES = []
for a, b in itertools.product(NUMBERS, NUMBERS):
    for op in ["+", "-", "*", "/", "//", "%", "<", "==", "!=", ">="]:
        LINES.append(f"[{a}][0] {op} [{b}][0]")
    LINES.append(f"({a}).__divmod__({b})")
for a, b in itertools.product(["0", "5", "-6", "2**65", "-2**66 - 1", "True", "1.5"], ["0", "3", "-1", "2**65", "70", "False", "'a'"]):
    for op in ["&", "|", "^", "<<", ">>"]:
        if not (op == "<<" and b == "2**65"):
            LINES.append(f"[{a}][0] {op} [{b}][0]")
for a, b in itertools.product(["0", "2", "-3", "0.5", "-2.0", "1j", "2**70", "0.0"], ["0", "3", "-1", "0.5", "2j", "-2.0"]):
    LINES.append(f"[{a}][0] ** [{b}][0]")
for a, b in itertools.product(NUMBERS[:4] + OTHERS, OTHERS):
    for op in ["+", "*", "%", "<", "==", "-"]:
        LINES.append(f"[{a}][0] {op} [{b}][0]")
for n in NUMBERS + OTHERS:
    for f in ["-({})", "+({})", "~({})", "({}).__abs__()", "({}).__hash__() == hash_({})", "int({})", "float({})", "complex({})", "bool({})", "str({})", "bytes({})",
              "({}).__round__(1)", "({}).__round__(-1)", "({}).__round__()", "({}).as_integer_ratio()", "({}).is_integer()", "({}).bit_length()", "({}).conjugate()", "({}).real", "({}).imag",
              "({}).__trunc__()", "({}).__floor__()", "({}).__ceil__()", "({}).hex()", "'%s %r' % (({}), ({}))", "'%d' % ({})", "'%x' % ({})", "'%5.2f' % ({})", "'%c' % ({})",
              "'{{:>8}}'.format({})", "'{{:.2f}}'.format({})", "f'{{({})!r:>10}}'"]:
        if "hash_" not in f:
            LINES.append(f.replace("{}", n).replace("{{", "{").replace("}}", "}"))
S = ["'hello'", "'a,b,,c'", "'  x y  '", "'ÄÖß'", "'\\U0001f600é'", "''", "'a\\tb\\n'", "'Hello World'"]
CALLS = ["upper()", "lower()", "title()", "split()", "split(',')", "split(',', 1)", "rsplit(None, 1)", "splitlines()", "strip()", "strip('h o')", "find('l')", "rfind('l')", "index('z')",
         "count('l')", "count('')", "replace('l', 'LL')", "replace('', '-')", "replace('l', 'x', 1)", "startswith('he')", "startswith(('x', 'a'))", "endswith('o', 1, 3)", "startswith(1)",
         "center(11, '*')", "ljust(7)", "rjust(7, 'é')", "zfill(7)", "center(3, 'ab')", "expandtabs(4)", "partition(',')", "rpartition(' ')", "partition('')", "join(['a', 'b'])",
         "join('xyz')", "join([1])", "join(3)", "isalpha()", "isdigit()", "isspace()", "isidentifier()", "istitle()", "isascii()", "isprintable()", "encode()", "encode('ascii')",
         "encode('latin-1', 'replace')", "encode('utf-16-le')", "encode('ascii', 'xmlcharrefreplace')", "encode('ascii', 'nope')", "casefold()", "swapcase()", "capitalize()",
         "removeprefix('he')", "removesuffix('o')", "translate({104: 'J', 108: None, 111: 48})", "translate({104: 1.5})", "find(1)", "split(1)", "split('')", "strip(1)", "zfill('a')",
         "__len__()", "__getitem__(0)", "__getitem__(-1)", "__getitem__(100)", "__getitem__('a')", "__contains__('l')", "__contains__(1)", "__mul__(3)", "__mul__(-1)", "__add__('é')", "__add__(1)",
         "__format__('>10')", "__format__('d')", "split(sep=',', maxsplit=1)", "split(foo=1)", "center()"]
for s in S:
    LINES += [f"{s}.{c}" for c in CALLS]
    for i in ["1:3", "::-1", "1::2", "-2:", ":100", "3:1", "::-2", "::0"]:
        LINES.append(f"{s}[{i}]")
    LINES.append(f"list({s})")
B = ["b'hello'", "bytearray(b'a,b,,c')", "b''", "b'\\xff\\x00a'", "bytearray(b' Hi ')"]
BCALLS = ["upper()", "split()", "split(b',')", "split(b',', 1)", "rsplit(b',', 1)", "splitlines()", "strip()", "strip(b'h ')", "find(b'l')", "find(97)", "find(300)", "find('a')", "index(b'z')", "count(b'l')",
          "count(b'')", "replace(b'l', b'LL')", "replace(b'', b'-')", "replace('a', 'b')", "startswith(b'he')", "startswith((b'x', b'a'))", "startswith('h')", "center(11, b'*')", "center(5, b'ab')",
          "ljust(7)", "zfill(7)", "expandtabs()", "partition(b',')", "rpartition(b'l')", "partition(b'')", "join([b'a', bytearray(b'b')])", "join(['a'])", "join(3)", "isalpha()", "istitle()", "decode()",
          "decode('latin-1')", "decode('ascii', 'replace')", "decode('utf-8', 'surrogateescape')", "hex()", "hex(':')", "hex('-', 2)", "hex('ab')", "title()", "swapcase()",
          "translate(None, b'l')", "translate(b'x')", "__getitem__(0)", "__getitem__(-1)", "__getitem__(100)", "__contains__(b'l')", "__contains__(300)", "__contains__('a')", "__add__(b'x')", "__add__('x')",
          "__mul__(2)", "removeprefix(b'he')", "__len__()"]
for s in B:
    LINES += [f"{s}.{c}" for c in BCALLS]
    for i in ["1:3", "::-1", "1::2", ":100"]:
        LINES.append(f"{s}[{i}]")
LINES += ["b'%d %s %r' % (1, b'x', 'é')", "b'%s' % 'x'", "b'%c%c' % (65, b'z')", "b'%5d|%-5x|%+.1f' % (42, 255, 2.5)", "b'%(a)s' % {b'a': b'1'}", "b'%d' % 'x'", "b'%y' % 1", "b'a' % 1", "b'%s' % ()",
          "'%(a)s %(b)05d' % {'a': 1, 'b': 2}", "'%s' % (1, 2)", "'%s %s' % (1,)", "'%s' % {'a': 1}", "'%d%%' % 5", "'%*d|%-*d|%.*f' % (5, 1, 5, 2, 2, 3.14159)", "'%*d' % ('a', 1)", "'%(a' % {}", "'%z' % 1",
          "'%' % ()", "'%a' % 'é'", "'%i' % 3.99", "'%x' % 3.5", "'%s' % (b'x',)", "'%r' % ((1,),)", "'%#x %#o %08.3f %+d % d' % (255, 8, 3.14159, 5, 5)", "'%.3s|%10.2s|' % ('abcdef', 'xyz')", "'a' % []", "'a' % (1,)",
          "'{} {}'.format(1, 2)", "'{1} {0}'.format(1, 2)", "'{a.real} {b[0]} {b[k]}'.format(a=1, b={'k': 3, 0: 4})", "'{:{}}'.format('x', 5)", "'{!r:>6}'.format('a')", "'{} {0}'.format(1)", "'{0} {}'.format(1)",
          "'{2}'.format(1)", "'{x}'.format(1)", "'{'.format()", "'}'.format()", "'{{}}'.format()", "'{:d}'.format('a')", "'{a}'.format_map({'a': 1})", "'{}'.format_map({})", "'{:{:{}}}'.format(1, 2, 3)", "'{.x}'.format(1)",
          "int('0x1f', 16)", "int('z', 36)", "int('12', 1)", "int(b'12')", "int('1_000')", "int('a')", "int('12', base=8)", "int(base=8)", "int(1.5, 10)", "int([])", "int(float('nan'))", "int(float('inf'))", "int(x=1)",
          "float('1e5')", "float('x')", "float(b'1.5')", "float([])", "float('1', 2)", "float.fromhex('0x1.8p1')", "float.fromhex('z')", "complex('1+2j')", "complex(1, 2)", "complex('x')", "complex('1', 2)", "complex([])",
          "int.from_bytes(b'\\x01\\x02', 'big')", "int.from_bytes(b'\\xff\\xfe', 'little', signed=True)", "int.from_bytes([1, 2])", "int.from_bytes(b'', 'x')", "(1000).to_bytes(2, 'little')", "(-1).to_bytes(2, 'big', signed=True)",
          "(-1).to_bytes(2)", "(1000).to_bytes(1)", "(5).to_bytes()", "bool('')", "bool([])", "bool(1, 2)", "True & False", "True | 2", "True ^ True", "bool.from_bytes(b'\\x00')", "str(b'abc', 'ascii')", "str(b'\\xff', 'ascii')",
          "str(1, 'ascii')", "str('a', 'ascii')", "str(b'abc')", "str(object=1)", "str(b'a', errors='strict')", "bytes(3)", "bytes([1, 2])", "bytes('é', 'utf-8')", "bytes('a')", "bytes([256])", "bytes(-1)", "bytes(1.5)",
          "bytes(b'x', 'ascii')", "bytes({1: 2})", "bytearray(3)", "bytearray('x')", "bytearray([300])", "bytes.fromhex('61 62')", "bytes.fromhex('6z')", "bytearray.fromhex('ff')", "bytes.maketrans(b'a', b'b')[97]",
          "str.maketrans('ab', 'xy', 'z')", "str.maketrans({'a': 1, 98: None})", "str.maketrans('a')", "str.maketrans('a', 'bc')", "memoryview(b'abc')[1]", "memoryview(b'abc').tolist()", "memoryview(b'abcdef')[1:5:2].tobytes()",
          "memoryview(b'abc') == b'abc'", "memoryview(b'abcd').cast('H').shape", "memoryview(b'abcd').cast('I').tolist()", "memoryview(b'abc').hex()", "memoryview('a')", "memoryview(b'abc')[5]", "bytes(memoryview(b'abc')[::-1])",
          "memoryview(bytearray(b'ab')).readonly", "memoryview(b'ab').format", "memoryview(b'ab').nbytes", "memoryview(b'')[0:0].tobytes()", "b'a' < 'a'", "'a' < 1", "'a' in 'abc'", "1 in 'abc'", "'é' < 'z'",
          "'\\ud800' < '\\U00010000'", "'\\uffff' < '\\U00010000'", "b'a' == 'a'", "b'a' == bytearray(b'a')", "bytearray(b'a') < b'b'", "'a' * 2**63", "1.5.__getformat__('double')", "float.__getformat__('x')",
          "(1.5).hex()", "(0.1).as_integer_ratio()", "float('inf').as_integer_ratio()", "10**20 == 1e20", "10**23 == 1e23", "2**53 + 1 == 2.0**53", "2**53 + 1 > 2.0**53", "(2**1024) < float('inf')", "1e308 * 10",
          "10**400 / 1.0", "(10**400) / (10**399)", "float(10**400)", "1 / 0", "5 % 0", "1.0 // 0", "(2).__pow__(3, 5)", "(2).__pow__(-1, 7)", "(2).__pow__(-1, 4)", "(2).__pow__(1, 0)", "(2.0).__pow__(1, 2)", "(1).__add__('a')",
          "1 << -1", "1 >> -1", "1 << 2**70", "-1 >> 1000", "(123456789).__round__(-3)", "(15).__round__(-1)", "2.675.__round__(2)", "1e300.__round__(400)", "(5).__format__('b')", "(5).__format__('z')", "(1.5).__format__('d')",
          "(1j).__format__('=5')", "'a'.__format__('=5')", "(97).__format__('c')", "(-1).__format__('c')", "(12345.678).__format__(',.1f')", "(1).__format__('_')", "(10**10).__format__('_')", "(255).__format__('#_x')"]
SKIP = ["zero", "division", "modulo by"]
for line in dict.fromkeys(LINES):
    try:
        answer = repr(eval(line))
    except Exception as e:
        answer = f"!{type(e).__name__}: {e}"
    # 3.14 changed these words and the arithmetic of real with complex numbers.
    changed = any(word in answer.lower() for word in SKIP) or "%c requires" in answer or " at 0x" in answer or "to a negative" in answer or "fromhex" in answer or "complex() first" in answer or "complex() can't" in answer
    mixed = "j" in line and ("inf" in line or "0" in line or "nan" in answer or "complex(" in line)
    if not changed and not mixed and "\n" not in answer and len(answer) < 300:
        print(line.encode("ascii", "backslashreplace").decode().replace("\t", "\\t"), answer.encode("unicode_escape").decode(), sep="\t")
