"""A square."""


def draw(size):
    return "\n".join("#" * size for _ in range(size // 2))
