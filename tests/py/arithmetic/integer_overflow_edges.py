"""Arithmetic around the limits of machine words."""
edges = [2 ** k + d for k in (15, 30, 31, 32, 46, 47, 48, 51, 53, 60, 62, 63, 64) for d in (-1, 0, 1)]
total = 0
for a in edges:
    for b in (1, -1, 2, 3, 7, -7, a, -a, a - 1):
        if b == 0:
            continue
        q, r = divmod(a, b)
        assert q * b + r == a, (a, b)
        assert (a + b) - b == a and (a - b) + b == a
        assert -(-a) == a and ~~a == a
        assert a * b // b == a
        total += hash((q, r, a & b, a | b, a ^ b)) & 0
        total ^= (a * b) ^ (a << 3) ^ (b >> 2)
    assert (a << 70) >> 70 == a and int(str(a)) == a and int(float(a)) - a in range(-2 ** 12, 2 ** 12)
    assert abs(-a) == a and (-a) // 2 == -((a + 1) // 2)
print(total)
x = 1
for i in range(70):
    x *= 2
    assert x == 1 << (i + 1)
for i in range(70):
    x //= 2
print(x)
n = 0
for i in range(2 ** 47 - 2, 2 ** 47 + 2):
    n += i
print(n, sum([2 ** 62, 2 ** 62, 1.5]), sum([2 ** 47] * 5), -2 ** 63 // -1, abs(-2 ** 63), (-2 ** 47) * (-2 ** 47))
