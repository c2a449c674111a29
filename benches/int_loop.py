"""Integer arithmetic in a loop."""


def collatz(limit):
    best, longest = 0, 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            if n % 2:
                n = 3 * n + 1
            else:
                n //= 2
            steps += 1
        if steps > longest:
            best, longest = start, steps
    return best, longest


def mix(rounds):
    state = 12345
    total = 0
    for i in range(rounds):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        total ^= (state >> 7) + i
    return total


print(collatz(12_000), mix(700_000))
