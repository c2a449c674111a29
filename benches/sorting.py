"""Sorting: with keys, by several fields, stable, reversed; heaps and bisection."""

import bisect
import heapq
from operator import attrgetter, itemgetter


class Person:
    def __init__(self, name, age, town):
        self.name, self.age, self.town = name, age, town

    def __lt__(self, other):
        return (self.age, self.name) < (other.age, other.name)


def main():
    state, people = 7, []
    for i in range(20_000):
        state = (state * 1103515245 + 12345) % 2147483648
        people.append(Person(f"name{state % 5000}", state % 90, f"town{state % 40}"))
    total = 0
    total += sorted(people, key=lambda p: p.age)[10].age
    total += sorted(people, key=attrgetter("town", "age"), reverse=True)[10].age
    total += sorted(people)[100].age
    rows = [(p.age, p.name, p.town) for p in people]
    total += sorted(rows, key=itemgetter(2, 0))[5][0] + sorted(rows)[50][0]
    words = [p.name for p in people]
    words.sort(key=str.lower)
    words.sort(key=len)
    total += len(words[0]) + sum(max(rows[i:i + 40])[0] for i in range(0, 20_000, 40))
    heap = []
    for row in rows:
        heapq.heappush(heap, row)
    total += sum(heapq.heappop(heap)[0] for _ in range(4000))
    keys = []
    for row in rows[:4000]:
        bisect.insort(keys, row[0] * 1000 + len(row[1]))
    total += sum(bisect.bisect(keys, i * 10) for i in range(4000))
    print(total)


main()
