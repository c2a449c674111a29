"""Dataclasses: making instances, comparing, replacing, sorting, hashing, and making the classes themselves."""

from dataclasses import dataclass, field, replace, asdict


@dataclass
class Item:
    name: str
    price: float
    count: int = 1
    tags: list = field(default_factory=list)

    @property
    def total(self):
        return self.price * self.count


@dataclass(frozen=True, order=True)
class Key:
    group: int
    number: int


@dataclass(slots=True)
class Cell:
    row: int
    column: int
    value: float = 0.0


def main():
    items = [Item(f"i{i}", i * 0.5, i % 7) for i in range(40_000)]
    total = sum(item.total for item in items)
    keys = sorted(Key(i % 17, -i) for i in range(5000))
    total += len({key for key in keys}) + keys[100].number
    cells = [Cell(i, i + 1) for i in range(40_000)]
    total += sum(cell.row + cell.column for cell in cells)
    total += sum(replace(item, count=2).total for item in items[:3000])
    total += sum(a == b for a, b in zip(items, items[1:]))
    total += len(asdict(items[5])) + len(repr(items[7]))
    for i in range(8):
        made = dataclass(type(f"Made{i}", (), {"__annotations__": {"a": int, "b": str}}))
        total += made(i, "x").a
    print(total)


main()
