def f(x):
    match x:
        case 1 | -2 | "s":
            return 1
        case [a, *rest] if a:
            return rest
        case {"k": v, **kw}:
            return v, kw
        case Point(x=0, y=[b, _]) as p:
            return b, p
        case None:
            return 0
        case (1, c) | (c, 2):
            return c
        case _:
            return None
