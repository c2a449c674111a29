"""f-strings: conversions, specifications, nesting, debugging form, quotes (PEP 701)."""
name, value, width = "wörld", 3.14159, 10
print(f"hello {name}!" f" {value:.2f}" " plain")
print(f"{name!r} {name!s} {name!a}")
print(f"{value:{width}.{2}f}|{value:<{width}}|{'x':^{width}}|")
print(f"{{literal}} {{{value}}}")
print(f"{value=} {value = } {value=:.1f} {name=!s}")
print(f"{'nested ' + f'{name + f"{1 + 1}"}'}")
print(f"{", ".join(str(i) for i in range(3))}")
print(f"{ {'a': 1}['a'] } {[i for i in range(2)]} {(lambda x: x * 2)(3)}")
print(f"""multi
{value
 + 1}
end""")
print(f"{1:>{2 + 3}}{'':*^5}{True!s:>6}")
print(rf"\d{value:.0f}\n", f"\x41\N{BULLET}{1}\t|")
print(f"{1,}", f"{1 if value else 2}", f"{not 1}", f"{3 != 4}")


class F:
    def __format__(self, spec):
        return f"<{spec}>"


print(f"{F()}{F():abc}{F():{name}}{F()!r:.3}")
x = 5
print(f"{x:=+5}", f"{(y := 3)}", y, f"{x!r:^{x}}")
print(f"{x # a comment
}")
print(f"{'a' 'b'}", f'{"\n"}', f"{'\''}")
