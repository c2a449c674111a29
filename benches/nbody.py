"""Float arithmetic on lists: planets that attract each other."""

DAYS = 365.24
SUN = 39.47841760435743


def system():
    return [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SUN],
        [4.84, -1.16, -0.10, 0.00166 * DAYS, 0.00769 * DAYS, -0.00007 * DAYS, 0.00095 * SUN],
        [8.34, 4.12, -0.40, -0.00276 * DAYS, 0.00499 * DAYS, 0.00002 * DAYS, 0.00028 * SUN],
        [12.89, -15.11, -0.22, 0.00296 * DAYS, 0.00237 * DAYS, -0.00003 * DAYS, 0.00004 * SUN],
        [15.37, -25.91, 0.17, 0.00268 * DAYS, 0.00162 * DAYS, -0.00009 * DAYS, 0.00005 * SUN],
    ]


def energy(bodies):
    total = 0.0
    for i, (x, y, z, vx, vy, vz, mass) in enumerate(bodies):
        total += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
        for other in bodies[i + 1:]:
            dx, dy, dz = x - other[0], y - other[1], z - other[2]
            total -= mass * other[6] / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, pairs, dt, steps):
    for _ in range(steps):
        for a, b in pairs:
            dx = a[0] - b[0]
            dy = a[1] - b[1]
            dz = a[2] - b[2]
            distance = dx * dx + dy * dy + dz * dz
            force = dt / (distance * distance ** 0.5)
            towards_b = b[6] * force
            towards_a = a[6] * force
            a[3] -= dx * towards_b
            a[4] -= dy * towards_b
            a[5] -= dz * towards_b
            b[3] += dx * towards_a
            b[4] += dy * towards_a
            b[5] += dz * towards_a
        for body in bodies:
            body[0] += dt * body[3]
            body[1] += dt * body[4]
            body[2] += dt * body[5]


def main():
    bodies = system()
    pairs = [(bodies[i], bodies[j]) for i in range(5) for j in range(i + 1, 5)]
    advance(bodies, pairs, 0.01, 20_000)
    print(f"{energy(bodies):.12f}")


main()
