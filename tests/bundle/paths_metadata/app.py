from importlib import metadata

import plug

print(plug.name, metadata.version("plug"))
for point in metadata.entry_points(group="app.extensions"):
    print(point.name, point.load()())
