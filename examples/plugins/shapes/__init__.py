"""Plugins: every module here with a function `draw`."""
