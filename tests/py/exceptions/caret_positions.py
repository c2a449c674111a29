"""co_positions tell the part of a line that failed."""


def where(f):
    try:
        f()
    except Exception as e:
        tb = e.__traceback__.tb_next
        positions = list(tb.tb_frame.f_code.co_positions())
        import traceback
        s = traceback.extract_tb(e.__traceback__)[-1]
        print(type(e).__name__, s.lineno - f.__code__.co_firstlineno, s.colno, s.end_colno, s.end_lineno - s.lineno)


def t1():
    return 1 + "a"


def t2():
    x = None
    return x.attr


def t3():
    d = {}
    d["a"]["b"] = 1


def t4():
    return [1, 2][
        5
    ]


def t5():
    undefined_name(1)


def t6():
    int("x", base=10)


def t7():
    a, b = 1, 2, 3


def t8():
    for x in 5:
        pass


def t9():
    assert 1 == 2, "msg"


def t10():
    with 5 as x:
        pass


def t11():
    return -"a"


def t12():
    x = [1]
    x[0] += "a"


def t13():
    raise ValueError(1)


def t14():
    del missing


def t15():
    return 1 < "a" < 2


def t16():
    return f"{1:zz}"


def t17():
    import nope.nope


def t18():
    match 1:
        case int(a, b):
            pass


for t in (t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15, t16, t17, t18):
    where(t)
