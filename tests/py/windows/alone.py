#: only windows
#: golden no
"""What only Windows has in builtins, OSError and sys: WindowsError, arguments of errors, the processor in sys.version."""
import os
import platform
import sys
import sysconfig

print(WindowsError is OSError, OSError.__name__)
for args in [(None, "x", None, 5), (2, "x", "f", 5), (99, "x", "f", 183, "g"), (7, "x", None, None), (1, "x", None, 2, None)]:
    e = OSError(*args)
    print(type(e).__name__, e.args, e.errno, e.winerror, e.filename, e.filename2, repr(e), e, sep=" | ")

machine = {"AMD64": "win-amd64", "ARM64": "win-arm64"}[platform.machine()]
print(sysconfig.get_platform() == machine, "64 bit" in sys.version, sys.platform, os.name)
