"""Big integers: digits of pi by a spigot, factorials, powers modulo, conversion to text."""

import sys


def digits(n):
    found = []
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while len(found) < n:
        if 4 * q + r - t < m * t:
            found.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, found))


def main():
    sys.set_int_max_str_digits(0)
    text = digits(1600)
    factorial = 1
    for i in range(2, 2000):
        factorial *= i
    power = pow(3, 2 ** 400 + 1, 2 ** 521 - 1)
    total = sum((power >> i) & 0xFF for i in range(0, 500, 3))
    long = str(factorial)
    print(text[-10:], len(long), long[:10], int(long) == factorial, total, sum(map(int, long)))


main()
