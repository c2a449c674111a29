from importlib import import_module


def load(name):
    base = import_module("%s.base" % name)
    parts = [import_module("{}.parts.{}".format(name, part)).NAME for part in ("one", "two")]
    return base.NAME, parts


def table(version):
    return import_module(f".v{version}", "frame.data").TABLE
