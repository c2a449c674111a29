"""Decimal: operators and methods, each with the conditions it signals."""

from decimal import *

SAMPLES = ["0", "-0E+5", "1", "1.50", "-7.8E-5", "9.99999999E+9", "5E-12", "-Infinity", "sNaN12",
           "1234567890123456789012345678901234567890"]


def shown(context, call):
    context.clear_flags()
    try:
        result = call()
    except Exception as error:
        result = type(error).__name__
    return f"{result} {','.join(sorted(f.__name__ for f, on in context.flags.items() if on))}"


def main():
    for rounding in (ROUND_HALF_EVEN, ROUND_FLOOR):
        context = Context(prec=9, rounding=rounding, Emin=-20, Emax=20, traps=[], clamp=0)
        for name in ("add", "subtract", "multiply", "divide", "divide_int", "remainder", "remainder_near", "max",
                     "min_mag", "quantize", "compare", "compare_total", "next_toward", "scaleb", "power"):
            method = getattr(context, name)
            print(name, rounding)
            for a in SAMPLES:
                for b in SAMPLES[1::3]:
                    print("", a, b, "->", shown(context, lambda: method(Decimal(a), Decimal(b))))
        for name in ("abs", "minus", "plus", "sqrt", "exp", "ln", "log10", "logb", "next_plus", "next_minus",
                     "normalize", "to_integral_exact", "number_class", "to_eng_string"):
            method = getattr(context, name)
            for a in SAMPLES:
                print(name, a, "->", shown(context, lambda: method(Decimal(a))))


main()
