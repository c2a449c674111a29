"""Numbers: loops over ints and floats, lists, matrices, primes, big integers, fractions and decimals."""

import math
import random
from decimal import Decimal
from fractions import Fraction
from statistics import mean, pstdev


def sieve(n):
    flags = [True] * (n + 1)
    flags[0:2] = [False, False]
    for i in range(2, math.isqrt(n) + 1):
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
    return [i for i, flag in enumerate(flags) if flag]


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def integrate(f, a, b, n):
    h = (b - a) / n
    total = (f(a) + f(b)) / 2
    for i in range(1, n):
        total += f(a + i * h)
    return total * h


def life(cells, width, height):
    new = set()
    for x in range(width):
        for y in range(height):
            n = 0
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if (dx or dy) and ((x + dx) % width, (y + dy) % height) in cells:
                        n += 1
            if n == 3 or n == 2 and (x, y) in cells:
                new.add((x, y))
    return new


def binary_search(items, wanted):
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) >> 1
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def main():
    primes = sieve(30000)
    total = len(primes) + max(collatz(n) for n in range(1, 2500))
    matrix = [[(i * j) % 7 - 3 for j in range(24)] for i in range(24)]
    total += sum(map(sum, multiply(matrix, multiply(matrix, matrix))))
    area = integrate(lambda x: math.sin(x) ** 2 + x / 3, 0.0, 3.0, 20000)
    cells = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
    for _ in range(8):
        cells = life(cells, 16, 16)
    random.seed(3)
    values = [random.random() for _ in range(5000)]
    values.sort()
    total += sum(binary_search(values, i / 1000) for i in range(1000))
    bits = 0
    for i in range(40000):
        bits ^= (i << 3) & 0xFF | i >> 2
        bits = bits * 31 + 7 & 0xFFFF
    big = 1
    for i in range(1, 300):
        big *= i
    parts = sum((Fraction(1, n) for n in range(1, 60)), Fraction(0))
    money = sum((Decimal(n) / 7 for n in range(1, 300)), Decimal(0))
    total += sum(gcd(a, 360) for a in range(1, 3000))
    print(total, round(area, 9), len(cells), bits, len(str(big)), parts.denominator % 1000, money.quantize(Decimal("0.01")))
    print(round(mean(values), 6), round(pstdev(values), 6), divmod(-big, 10**9 + 7)[1])


main()
