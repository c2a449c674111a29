"""Floats and complex numbers in an inner loop."""


def escape(cr, ci, limit):
    zr = zi = 0.0
    for n in range(limit):
        zr2, zi2 = zr * zr, zi * zi
        if zr2 + zi2 > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


def escape_complex(c, limit):
    z = 0j
    for n in range(limit):
        if abs(z) > 2.0:
            return n
        z = z * z + c
    return limit


def main():
    width, height = 170, 120
    total = 0
    for row in range(height):
        for column in range(width):
            cr, ci = column / width * 3.0 - 2.0, row / height * 2.0 - 1.0
            total += escape(cr, ci, 60)
            if row % 4 == 0:
                total += escape_complex(complex(cr, ci), 60)
    print(total)


main()
