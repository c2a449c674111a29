# Names that are keywords elsewhere, behind a semicolon.
case = 1; match = 2; type = 3; _ = 4
case; match
print(case, match, type, _)
if match: type = 5; match = 6; case = 7
match; match = match + 1; match
print(case, match, type)


def f():
    x = 1; match = x
    return match; match


print(f())
for text in ('x; match 1:\n case _: pass', 'x; match (1):\n case _: pass', 'x; if x: pass', 'x; match\n case'):
    try:
        compile(text, '<text>', 'exec')
        print('compiled')
    except SyntaxError as e:
        print(type is 5, e.msg)
