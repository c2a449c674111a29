import importlib
import os
import sys

name = "hid" + "den"
print(importlib.import_module(name).value)
try:
    import unwanted
except ImportError as error:
    print(type(error).__name__, error.name)
root = sys._MEIPASS
print(sorted(os.listdir(os.path.join(root, "assets"))))
with open(os.path.join(root, "assets", "a.txt")) as file:
    print(file.read().strip())
with open(os.path.join(root, "b.txt")) as file:
    print(file.read().strip())
