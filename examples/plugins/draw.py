"""Draws shapes, each of which is a plugin that is found at run time."""
import importlib
import pkgutil
import sys

import shapes


def load():
    """All plugins, by name."""
    found = {}
    for info in pkgutil.iter_modules(shapes.__path__):
        module = importlib.import_module(f"{shapes.__name__}.{info.name}")
        if hasattr(module, "draw"):
            found[info.name] = module.draw
    return found


def main():
    plugins = load()
    wanted = sys.argv[1:] or sorted(plugins)
    for name in wanted:
        if name not in plugins:
            sys.exit(f"draw: no shape {name}; there are {', '.join(sorted(plugins))}")
        print(f"{name}:")
        print(plugins[name](4))


main()
