"""Small vector objects with operators: spheres over a chessboard."""

import math


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self * (1.0 / math.sqrt(self.dot(self)))


class Sphere:
    def __init__(self, centre, radius, shade):
        self.centre, self.radius, self.shade = centre, radius, shade

    def hit(self, origin, direction):
        to_centre = self.centre - origin
        along = to_centre.dot(direction)
        inside = self.radius * self.radius - (to_centre.dot(to_centre) - along * along)
        if inside < 0:
            return None
        distance = along - math.sqrt(inside)
        return distance if distance > 1e-4 else None

    def normal(self, point):
        return (point - self.centre).unit()

    def colour(self, point):
        return self.shade


class Floor:
    def hit(self, origin, direction):
        if abs(direction.y) < 1e-6:
            return None
        distance = -origin.y / direction.y
        return distance if distance > 1e-4 else None

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)

    def colour(self, point):
        return 0.9 if (math.floor(point.x) + math.floor(point.z)) % 2 else 0.3


def trace(scene, light, origin, direction, depth):
    best, thing = math.inf, None
    for candidate in scene:
        distance = candidate.hit(origin, direction)
        if distance is not None and distance < best:
            best, thing = distance, candidate
    if thing is None:
        return 0.1
    point = origin + direction * best
    normal = thing.normal(point)
    to_light = (light - point).unit()
    lit = max(0.0, normal.dot(to_light))
    if any(other.hit(point, to_light) is not None for other in scene):
        lit = 0.0
    colour = thing.colour(point) * (0.2 + 0.8 * lit)
    if depth > 0:
        mirrored = direction - normal * (2.0 * normal.dot(direction))
        colour = colour * 0.7 + 0.3 * trace(scene, light, point, mirrored.unit(), depth - 1)
    return colour


def main(width, height):
    scene = [Floor()] + [Sphere(Vector(x * 1.5, 1.0, z), 0.7, 0.5 + x / 10) for x, z in ((-1, 4), (0, 5), (1, 4))]
    light, eye = Vector(-5.0, 8.0, -2.0), Vector(0.0, 1.5, -3.0)
    total = 0.0
    for row in range(height):
        for column in range(width):
            ray = Vector((column - width / 2) / width, (height / 2 - row) / width, 1.0).unit()
            total += trace(scene, light, eye, ray, 2)
    print(f"{total:.6f}")


main(140, 80)
