#: exit 1
#: stderr
"""Uncaught exceptions with cause and context and notes."""


def load():
    try:
        {}["missing"]
    except KeyError as e:
        raise ValueError("bad value") from e


try:
    load()
except ValueError as e:
    e.add_note("a note\nof two lines")
    raise RuntimeError("while handling")
