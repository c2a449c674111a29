"""Dicts: inserting, looking up, deleting, iterating, with int, str and tuple keys."""


def main():
    total = 0
    for _ in range(3):
        by_int = {}
        for i in range(60_000):
            by_int[i * 7 % 40_009] = i
        for i in range(60_000):
            if i in by_int:
                total += by_int[i]
        names = [f"key{i}" for i in range(12_000)]
        by_name = {name: len(name) for name in names}
        for name in names:
            by_name[name] += 1
        for key, value in by_name.items():
            total += value
        grid = {(x, y): x * y for x in range(120) for y in range(120)}
        for x in range(1, 119):
            for y in range(1, 119):
                total += grid[x - 1, y] + grid[x, y + 1]
        for key in list(by_int)[::2]:
            del by_int[key]
        total += len(by_int) + len({**by_name, **{"more": 1}}) + len(by_name | grid)
        for name in names:
            by_name.setdefault(name + "x", 0)
        total += sum(by_name.pop(name, 0) for name in names)
    print(total)


main()
