#: exit 1
#: stderr
"""Suggestions in uncaught NameError."""
counter = 1
print(countre)
