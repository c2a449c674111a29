"""logging: disabled calls, formatted calls, handlers and a hierarchy of loggers."""

import io
import logging


def main():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(funcName)s: %(message)s"))
    root = logging.getLogger("bench")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    root.propagate = False
    child = logging.getLogger("bench.part.deep")
    for i in range(60_000):
        child.debug("not shown %d", i)
    for i in range(5_000):
        child.info("number %d of %s", i, "many")
        if i % 10 == 0:
            root.warning("warned at {}".format(i))
    text = stream.getvalue()
    print(len(text), text.count("WARNING"))


main()
