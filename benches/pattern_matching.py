"""match over literals, sequences, mappings and classes: an evaluator of small trees."""

from dataclasses import dataclass


@dataclass
class Number:
    value: int


@dataclass
class Unary:
    op: str
    operand: object


@dataclass
class Binary:
    op: str
    left: object
    right: object


def evaluate(node):
    match node:
        case Number(value):
            return value
        case Unary("-", operand):
            return -evaluate(operand)
        case Binary("+", left, right):
            return evaluate(left) + evaluate(right)
        case Binary("*", Number(0), _) | Binary("*", _, Number(0)):
            return 0
        case Binary("*", left, right):
            return evaluate(left) * evaluate(right)
        case _:
            raise ValueError(node)


def command(event):
    match event:
        case ["go", ("north" | "south") as direction]:
            return len(direction)
        case ["take", *things] if len(things) > 2:
            return len(things) * 10
        case ["take", thing]:
            return 3
        case {"kind": "click", "at": [x, y], **rest}:
            return x + y + len(rest)
        case {"kind": str(kind)}:
            return len(kind)
        case int(n) | float(n) if n > 10:
            return 7
        case None | True | False:
            return 1
        case _:
            return 0


def main():
    tree = Number(1)
    for i in range(9):
        tree = Binary("+" if i % 2 else "*", Unary("-", tree), Binary("*", Number(i), Number(2)))
    total = sum(evaluate(tree) for _ in range(4000))
    events = [
        ["go", "north"], ["take", "a", "b", "c"], ["take", "key"], {"kind": "click", "at": [3, 4], "button": 1},
        {"kind": "wheel"}, 12, 3.5, None, True, "other", ["go"], ("go", "south"),
    ]
    for _ in range(9000):
        for event in events:
            total += command(event)
    print(total)


main()
