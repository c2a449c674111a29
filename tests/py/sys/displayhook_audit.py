"""sys.displayhook, addaudithook."""
import builtins
import sys

sys.displayhook(5)
sys.displayhook(None)
sys.displayhook("é")
print(builtins._)
exec(compile("1 + 1; 'x'\n", "s", "single"))
seen = []
sys.addaudithook(lambda name, args: seen.append(args) if name == "my.event" else None)
sys.audit("my.event", 1, "a")
print(seen)
