import importlib.metadata
import importlib.resources
import os

import tool

print(importlib.metadata.version("tool"))
print(tool.read())
print(importlib.resources.files("tool").joinpath("templates/x.html").read_text().strip())
print(sorted({"data.txt", "templates"} & set(os.listdir(os.path.dirname(tool.__file__)))))
for point in importlib.metadata.entry_points(group="tool.plugins"):
    print(point.name, point.load()())
