#: frozen no
"""importlib.resources, metadata of an installed distribution, pkgutil.get_data."""
import importlib.metadata
import importlib.resources
import os
import pkgutil
import sys

os.makedirs("site/dist/data")
for name, text in {"site/dist/__init__.py": "", "site/dist/data/f.txt": "content", "site/dist-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: dist\nVersion: 1.2\nSummary: s\n", "site/dist-1.2.dist-info/entry_points.txt": "[console_scripts]\ntool = dist:main\n", "site/dist-1.2.dist-info/RECORD": "dist/__init__.py,,\n"}.items():
    os.makedirs(os.path.dirname(name), exist_ok=True)
    open(name, "w").write(text)
sys.path.insert(0, os.path.abspath("site"))
print(importlib.resources.files("dist").joinpath("data/f.txt").read_text(), pkgutil.get_data("dist", "data/f.txt"), sorted(p.name for p in importlib.resources.files("dist").iterdir() if not p.name.startswith("__pyc")))
print(importlib.metadata.version("dist"), importlib.metadata.metadata("dist")["Summary"], importlib.metadata.entry_points(group="console_scripts", name="tool"), [str(f) for f in importlib.metadata.files("dist")])
try:
    importlib.metadata.version("nope")
except importlib.metadata.PackageNotFoundError as e:
    print(e)
