"""Calls of methods: plain, inherited, through super, class and static methods, keyword arguments."""


class Base:
    def __init__(self):
        self.total = 0

    def add(self, amount):
        self.total += amount
        return self

    def scaled(self, amount, *, factor=1):
        self.total += amount * factor

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def twice(value):
        return value * 2


class Derived(Base):
    def add(self, amount):
        return super().add(amount + 1)


def main():
    plain, derived = Base.make(), Derived.make()
    for i in range(150_000):
        plain.add(i).add(1)
        derived.add(i)
        plain.scaled(i, factor=3)
        derived.total += Base.twice(i)
    print(plain.total, derived.total)


main()
