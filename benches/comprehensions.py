"""Comprehensions of every kind, nested and filtered."""


def main():
    total = 0
    for n in range(200):
        squares = [x * x for x in range(800)]
        table = {x: y for x, y in zip(range(800), squares)}
        residues = {x % 97 for x in squares}
        pairs = [(x, y) for x in range(25) for y in range(25) if (x + y) % 3 == 0]
        nested = [[cell for cell in range(row)] for row in range(30)]
        total += sum(len(row) for row in nested) + len(pairs) + len(residues)
        total += sum(value for key, value in table.items() if key & 1)
        total += any(x > 790 for x in range(800)) + all(x >= 0 for x in squares)
        flat = [y for row in nested if row for y in row if y != n]
        total += len(flat) + max(x ^ n for x in flat)
    print(total)


main()
