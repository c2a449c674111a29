"""A solver by candidates and search: dicts of strings and sets, recursion, copying."""

ROWS, COLUMNS = "ABCDEFGHI", "123456789"
CELLS = [r + c for r in ROWS for c in COLUMNS]
UNITS = (
    [[r + c for r in ROWS] for c in COLUMNS]
    + [[r + c for c in COLUMNS] for r in ROWS]
    + [[r + c for r in rs for c in cs] for rs in ("ABC", "DEF", "GHI") for cs in ("123", "456", "789")]
)
OF = {cell: [unit for unit in UNITS if cell in unit] for cell in CELLS}
PEERS = {cell: set(sum(OF[cell], [])) - {cell} for cell in CELLS}


def assign(values, cell, digit):
    return all(eliminate(values, cell, other) for other in values[cell].replace(digit, ""))


def eliminate(values, cell, digit):
    if digit not in values[cell]:
        return True
    values[cell] = values[cell].replace(digit, "")
    if not values[cell]:
        return False
    if len(values[cell]) == 1:
        if not all(eliminate(values, peer, values[cell]) for peer in sorted(PEERS[cell])):
            return False
    for unit in OF[cell]:
        places = [place for place in unit if digit in values[place]]
        if not places or (len(places) == 1 and not assign(values, places[0], digit)):
            return False
    return True


def search(values):
    search.nodes += 1
    if all(len(values[cell]) == 1 for cell in CELLS):
        return values
    _, cell = min((len(values[cell]), cell) for cell in CELLS if len(values[cell]) > 1)
    for digit in values[cell]:
        copy = values.copy()
        if assign(copy, cell, digit):
            result = search(copy)
            if result:
                return result
    return None


def solve(text):
    values = dict.fromkeys(CELLS, COLUMNS)
    for cell, digit in zip(CELLS, text):
        if digit in COLUMNS and not assign(values, cell, digit):
            return None
    return search(values)


search.nodes = 0
PUZZLES = [
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
    "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3..",
]
for puzzle in PUZZLES * 5:
    solution = solve(puzzle)
    print("".join(solution[cell] for cell in CELLS), search.nodes)
