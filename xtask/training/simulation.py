"""Objects that act on each other: classes, inheritance, properties, special methods, exceptions, context managers."""


class Account:
    fee = 1

    def __init__(self, owner, balance=0, *, limit=0):
        self.owner = owner
        self.balance = balance
        self.limit = limit
        self.history = []

    @property
    def available(self):
        return self.balance + self.limit

    @classmethod
    def opened(cls, owner, **options):
        return cls(owner, **options)

    @staticmethod
    def checked(amount):
        if amount <= 0:
            raise ValueError(f"not an amount: {amount!r}")
        return amount

    def withdraw(self, amount):
        amount = self.checked(amount) + self.fee
        if amount > self.available:
            raise LookupError("not enough")
        self.balance -= amount
        self.history.append(("out", amount))
        return amount

    def deposit(self, amount):
        self.balance += self.checked(amount)
        self.history.append(("in", amount))

    def __lt__(self, other):
        return self.balance < other.balance

    def __eq__(self, other):
        return isinstance(other, Account) and self.owner == other.owner

    def __hash__(self):
        return hash(self.owner)

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self.balance})"


class Savings(Account):
    fee = 0

    def __init__(self, owner, balance=0, *, limit=0, rate=3):
        super().__init__(owner, balance, limit=limit)
        self.rate = rate

    def month(self):
        self.deposit(max(1, self.balance * self.rate // 1200))


class Business(Account):
    fee = 2

    def withdraw(self, amount):
        total = super().withdraw(amount)
        return total if total < 50 else total - 1


class Ledger:
    def __init__(self):
        self.accounts = {}
        self.log = []
        self.depth = 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, kind, error, traceback):
        self.depth -= 1
        if kind is LookupError:
            self.log.append(str(error))
            return True
        return False

    def __getitem__(self, owner):
        return self.accounts[owner]

    def __setitem__(self, owner, account):
        self.accounts[owner] = account

    def __contains__(self, owner):
        return owner in self.accounts

    def __iter__(self):
        return iter(self.accounts.values())

    def __len__(self):
        return len(self.accounts)


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)

    def norm(self):
        return abs(self.x) + abs(self.y)


def counter(step=1):
    total = 0

    def add(by=step):
        nonlocal total
        total += by
        return total

    return add


def main():
    kinds = [Account, Savings, Business]
    ledger = Ledger()
    for i in range(60):
        name = f"owner{i}"
        ledger[name] = kinds[i % 3].opened(name, balance=100 + i, limit=i % 7)
    moved, count = 0, counter()
    for turn in range(400):
        for account in ledger:
            with ledger:
                amount = (turn * 7 + len(account.owner)) % 23
                try:
                    moved += account.withdraw(amount)
                except ValueError:
                    account.deposit(1)
                    continue
                finally:
                    count()
                target = ledger[f"owner{(turn + amount) % 60}"]
                target.deposit(amount)
                if isinstance(account, Savings) and turn % 12 == 0:
                    account.month()
    place = Point(0, 0)
    for i in range(20000):
        place = place + Point(i & 3, -(i & 1)) * 2
        if place.norm() > 1000:
            place = Point(0, 0)
    best = sorted(ledger, reverse=True)[:3]
    print(moved, count(0), len(ledger.log), best, place.x, place.y, sum(len(a.history) for a in ledger))


main()
