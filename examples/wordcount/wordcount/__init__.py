"""Counts words; the words that do not count are package data."""

__version__ = "1.2"
