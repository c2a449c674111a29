"""A very small text adventure whose world is package data."""
