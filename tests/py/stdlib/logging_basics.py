"""logging: levels, formats, hierarchy, exceptions."""
import io
import logging

s = io.StringIO()
logging.basicConfig(stream=s, level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("a.b")
log.debug("no")
log.info("yes %s %d", "x", 5)
log.warning("warn %(k)s", {"k": "v"})
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
logging.getLogger("a").setLevel(logging.ERROR)
log.warning("hidden now")
log.log(45, "custom")
logging.addLevelName(45, "CUSTOM")
log.log(45, "custom")
h = logging.StreamHandler(s)
h.setFormatter(logging.Formatter("{levelname:>8} {lineno} {message}", style="{"))
log.addHandler(h)
log.propagate = False
log.error("to handler")
text = s.getvalue().splitlines()
print("\n".join(line for line in text if "File" not in line))
print(logging.getLevelName(20), log.getEffectiveLevel(), log.isEnabledFor(10), logging.getLogger("a.b") is log, log.parent.name, logging.getLogger().name, repr(log))
