"""Exceptions: try that does not raise, raise and catch, nested handlers, finally, chains."""


class Problem(Exception):
    def __init__(self, code):
        super().__init__(f"problem {code}")
        self.code = code


def checked(i):
    if i % 3 == 0:
        raise Problem(i)
    return i


def deep(level):
    if level == 0:
        raise KeyError("bottom")
    try:
        deep(level - 1)
    finally:
        deep.count += 1


deep.count = 0


def main():
    total = 0
    for i in range(120_000):
        try:
            total += checked(i)
        except Problem as problem:
            total += problem.code & 7
    table = {}
    for i in range(60_000):
        try:
            total += table[i & 15]
        except KeyError:
            if i % 100 == 0:
                table[i & 15] = 1
    for i in range(200_000):
        try:
            total += 1
        except ValueError:
            total -= 1
    for i in range(3000):
        try:
            deep(12)
        except LookupError as error:
            try:
                raise ValueError("again") from error
            except ValueError as outer:
                total += outer.__cause__ is error
    print(total, deep.count)


main()
