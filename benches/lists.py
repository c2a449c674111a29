"""Lists: append, index, slices, sorting, membership, insertion, reversal."""


def sieve(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = [False] * len(flags[i * i::i])
    return [i for i, flag in enumerate(flags) if flag]


def quicksort(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    left = [x for x in items if x < pivot]
    middle = [x for x in items if x == pivot]
    right = [x for x in items if x > pivot]
    return quicksort(left) + middle + quicksort(right)


def bubble(items):
    items = items[:]
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
    return items


def main():
    state, data = 42, []
    for _ in range(40_000):
        state = (state * 69069 + 1) % 4294967296
        data.append(state >> 8)
    total = sum(sieve(200_000)[-5:])
    total += quicksort(data)[100] + sorted(data)[200] + bubble(data[:500])[3]
    stack = []
    for i in range(150_000):
        stack.append(i)
        if i % 3 == 0:
            total += stack.pop()
    queue = list(range(400))
    for i in range(3000):
        queue.insert(i % 300, queue.pop())
        total += queue[i % 400] + (i in queue)
    matrix = [[i * j for j in range(120)] for i in range(120)]
    total += sum(sum(row) for row in zip(*matrix))
    print(total + len(stack[::-1][::2]))


main()
