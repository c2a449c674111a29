"""Permutations and sets: queens on a board."""

from itertools import permutations


def solve(n):
    found = 0
    for columns in permutations(range(n)):
        if n == len({c + i for i, c in enumerate(columns)}) == len({c - i for i, c in enumerate(columns)}):
            found += 1
    return found


def place(n, row, columns, left, right):
    if row == n:
        return 1
    count = 0
    for column in range(n):
        if column not in columns and row + column not in left and row - column not in right:
            count += place(n, row + 1, columns | {column}, left | {row + column}, right | {row - column})
    return count


print(solve(8), place(8, 0, frozenset(), frozenset(), frozenset()))
