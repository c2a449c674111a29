import space.a
from space import b

print(space.a.x, b.x, type(space.__path__).__name__)
