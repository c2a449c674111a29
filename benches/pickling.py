"""pickle of containers and instances, both ways, several protocols."""

import pickle


class Account:
    def __init__(self, number, owner):
        self.number = number
        self.owner = owner
        self.history = [(i, i * 0.5) for i in range(5)]

    def __eq__(self, other):
        return self.__dict__ == other.__dict__


def main():
    data = {
        "ints": list(range(1500)),
        "floats": [i / 7 for i in range(800)],
        "text": [f"text {i} ü" for i in range(800)],
        "big": [10 ** i for i in range(40)],
        "mixed": [(i, {i: None}, {"a", i}, b"bytes") for i in range(300)],
        "accounts": [Account(i, f"owner {i}") for i in range(200)],
    }
    total = 0
    for protocol in (2, 4, 5):
        for _ in range(18):
            blob = pickle.dumps(data, protocol)
            back = pickle.loads(blob)
            total += len(back["mixed"]) + back["accounts"][3].number
        total += back == data
    print(total)


main()
