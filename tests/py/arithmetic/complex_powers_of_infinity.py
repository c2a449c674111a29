# The angle of such a power is infinite, and has no cosine.
for base in float('inf'), float('-inf'), complex('inf'), complex('infj'):
    for exponent in 2j, 1e300j, -1j, 1 + 1j:
        try:
            print(base, exponent, base ** exponent)
        except ZeroDivisionError as e:
            print(base, exponent, type(e).__name__)

# What comes out infinite is too large, of infinite numbers too.
for base, exponent in (complex('inf'), 1), (complex('inf'), 2.5), (complex('-inf'), 101), (complex('inf'), 0), (complex('inf'), -0.5):
    try:
        print(base, exponent, base ** exponent)
    except OverflowError as e:
        print(base, exponent, type(e).__name__, e)
