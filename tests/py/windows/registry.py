#: only windows
#: golden no
"""winreg: making keys, writing, reading and deleting values of every kind."""
import sys
import winreg

ROOT, NAME = winreg.HKEY_CURRENT_USER, r"Software\freeze tests\ünder"


def refused(call, *args):
    try:
        call(*args)
    except Exception as e:
        print(type(e).__name__, getattr(e, "winerror", None) or e)
    else:
        print("went through")


with winreg.CreateKey(ROOT, NAME) as key:
    print(bool(key), int(key) == key.handle != 0, str(key).startswith("<PyHKEY:0x"))
    values = [
        ("text", winreg.REG_SZ, "Grüße 𝄞"),
        ("empty", winreg.REG_SZ, ""),
        ("none", winreg.REG_SZ, None),
        ("expanded", winreg.REG_EXPAND_SZ, "%FREEZE_NOT_SET%;x"),
        ("several", winreg.REG_MULTI_SZ, ["a", "bb", "ü"]),
        ("no texts", winreg.REG_MULTI_SZ, []),
        ("number", winreg.REG_DWORD, 0xFFFF_FFFF),
        ("large", winreg.REG_QWORD, 2**63 + 1),
        ("bytes", winreg.REG_BINARY, b"\0\1\xff"),
        ("view", winreg.REG_BINARY, memoryview(b"abc")),
        ("nothing", winreg.REG_NONE, None),
        ("", winreg.REG_SZ, "unnamed"),
    ]
    for name, kind, value in values:
        winreg.SetValueEx(key, name, 0, kind, value)
        print(repr(name), winreg.QueryValueEx(key, name))
    print(winreg.QueryValue(ROOT, NAME))
    winreg.SetValue(ROOT, NAME + r"\below", winreg.REG_SZ, "further")
    print(winreg.QueryValue(key, "below"), winreg.EnumKey(key, 0))
    keys, count, changed = winreg.QueryInfoKey(key)
    print(keys, count, changed > 130_000_000_000_000_000)
    names = sorted(winreg.EnumValue(key, i)[0] for i in range(count))
    print(names)
    refused(winreg.EnumValue, key, count)
    refused(winreg.EnumKey, key, 1)
    winreg.DeleteValue(key, "text")
    refused(winreg.QueryValueEx, key, "text")
    refused(winreg.SetValueEx, key, "x", 0, winreg.REG_DWORD, -1)
    refused(winreg.SetValueEx, key, "x", 0, winreg.REG_DWORD, 2**32)
    refused(winreg.SetValueEx, key, "x", 0, winreg.REG_BINARY, "text")
    refused(winreg.SetValueEx, key, "x", 0, winreg.REG_SZ, 1)
    winreg.FlushKey(key)
print(bool(key), int(key))
with winreg.OpenKey(ROOT, NAME) as key:
    refused(winreg.SetValueEx, key, "x", 0, winreg.REG_SZ, "only read")
refused(winreg.OpenKey, ROOT, NAME + r"\not there")
refused(winreg.OpenKey, None, NAME)
refused(winreg.OpenKey, "text", NAME)
winreg.DeleteKey(ROOT, NAME + r"\below")
winreg.DeleteKeyEx(ROOT, NAME)
refused(winreg.OpenKey, ROOT, NAME)
key = winreg.OpenKey(ROOT, "Software")
number = key.Detach()
print(number != 0, bool(key))
winreg.CloseKey(number)
print(winreg.ExpandEnvironmentStrings("<%FREEZE_NOT_SET%>"), winreg.error is OSError)
print(winreg.HKEY_CURRENT_USER == 0x8000_0001, winreg.KEY_ALL_ACCESS, winreg.REG_OPTION_VOLATILE)
