"""Needs something."""

from no_such_thing import x
