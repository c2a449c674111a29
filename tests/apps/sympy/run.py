"""Algebra: a large library whose printers and assumptions are made while it runs."""
import sys

import sympy
from sympy.parsing.sympy_parser import parse_expr

x, y = sympy.symbols("x y")


def main(what):
    if what == "calculus":
        print(sympy.diff(sympy.sin(x) * sympy.exp(x), x), sympy.integrate(x**2 * sympy.cos(x), x))
        print(sympy.limit(sympy.sin(x) / x, x, 0), sympy.series(sympy.cos(x), x, 0, 6))
    elif what == "solve":
        print(sympy.solve(x**3 - 2 * x + 1, x), sympy.solve([x + y - 3, x - y - 1], [x, y]))
        print(sympy.factor(x**4 - 1), sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2), sympy.Matrix([[1, 2], [3, 4]]).inv())
        print(sympy.factorint(2**61 - 2), sympy.N(sympy.pi, 40))
    elif what == "print":
        e = sympy.Integral(sympy.sqrt(1 / x), (x, 0, sympy.oo))
        print(sympy.latex(e), sympy.ccode(x**2 + sympy.sin(y)), sympy.pretty(e), sep="\n")
        print(sympy.srepr(parse_expr("2*x + sin(y)**2")))
        f = sympy.lambdify((x, y), x**2 + y, "math")
        print(f(3, 4))
    elif what == "error":
        sympy.sympify("1 +* 2")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
