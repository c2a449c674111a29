from __future__ import annotations
import sys, os
from typing import (Any,
    Dict, List)
import requests
from . import sibling
from .package import thing as other, b, a
import collections.abc
from mylib import z, a as b, *
try:
    import tomllib
except ImportError:
    import tomli as tomllib
# a comment that stays
import numpy as np # noqa
import json; import re
def f():
    import zlib, ast
    return zlib, ast
