"""What `sysconfig` asks on Windows of the build. There was no build of CPython: these are the values that follow from the platform."""

import sys


def config_vars():
    machine = "arm64" if "arm64" in sys.version.lower() else "amd64"
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}-win_{machine}"
    return {"EXT_SUFFIX": f".{tag}.pyd", "SOABI": tag, "Py_DEBUG": 0, "Py_GIL_DISABLED": 0}
