"""Flips of permutations held in lists."""


def fannkuch(n):
    counts = list(range(1, n + 1))
    most, checksum, sign = 0, 0, 1
    order = list(range(n))
    r = n
    while True:
        first = order[0]
        if first:
            flipped = order[:]
            flips = 0
            while first:
                flipped[:first + 1] = flipped[first::-1]
                flips += 1
                first = flipped[0]
            most = max(most, flips)
            checksum += sign * flips
        sign = -sign
        while r != 1:
            counts[r - 1] = r
            r -= 1
        while True:
            if r == n:
                return checksum, most
            order.insert(r, order.pop(0))
            counts[r] -= 1
            if counts[r] > 0:
                break
            r += 1


for _ in range(2):
    print(fannkuch(8))
