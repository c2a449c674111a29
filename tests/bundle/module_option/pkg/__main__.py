import sys
from . import __version__, part
from .part import value

print(__name__, __package__, __version__, value, sys.argv[1:])
