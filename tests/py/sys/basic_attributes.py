"""sys: attributes programs read."""
import sys

print(sys.version_info[:2] >= (3, 13), sys.version_info.releaselevel in ("final", "alpha", "beta", "candidate"), sys.byteorder, sys.maxsize, sys.maxunicode, sys.platform, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.float_info.max, sys.float_info.dig, sys.int_info.bits_per_digit, sys.hash_info.modulus, sys.flags.optimize, sys.flags.dont_write_bytecode in (0, 1), len(sys.argv), sys.getrecursionlimit(), sys.hexversion >= 0x030d0000)
print(sys.stdin.name, sys.stdout.encoding, sys.stderr.errors, sys.stdout.errors, sys.stdin.fileno(), sys.stdout.isatty())
print("sys" in sys.modules, sys.modules["sys"] is sys, isinstance(sys.path, list), sys.implementation.name in ("cpython", "freeze"), sys.api_version > 0, sys.copyright[:9] != "", "builtins" in sys.builtin_module_names, "json" in sys.stdlib_module_names, sys.thread_info.name, sys.is_finalizing(), sys.getallocatedblocks() >= 0)
for call in (lambda: sys.setrecursionlimit("a"), lambda: sys._getframe(1000), lambda: sys.setswitchinterval(0), lambda: sys.exit.x, lambda: sys.set_int_max_str_digits(5)):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)
