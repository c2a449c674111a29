"""Complex numbers."""
import cmath

z = 3 + 4j
print(z, abs(z), z.conjugate(), z.real, z.imag, z * z, z / (1 - 1j), z ** 2, z ** 0.5, -z, z == 3 + 4j, 2j ** 2)
print(complex("1+2j"), complex(" -j "), complex(1.5), complex(1, -0.0), complex("nan"), complex("inf-infj"), complex("(1+1j)"))
print(repr(0j), repr(-0j), repr(complex(-0.0, 1)), 1e300 * 1e300j, str(1j), 1 - 0j)
for source in ("complex('1 + 2j')", "complex('')", "z < 1", "z // 1", "z % 2", "int(z)", "float(z)", "1j / 0", "0j ** -1", "complex('1', 2)", "divmod(z, 1)", "hash(z) == hash(3 + 4j)", "round(z)"):
    try:
        print(source, eval(source))
    except Exception as e:
        print(source, type(e).__name__)
print(cmath.sqrt(-1), cmath.phase(-1), cmath.polar(1j), cmath.exp(0), format(z, ".2f"), f"{z:>12}", f"{z:.1e}", cmath.isclose(cmath.rect(5, 0.9), 5 * cmath.exp(0.9j)))
