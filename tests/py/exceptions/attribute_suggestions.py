#: exit 1
#: stderr
"""Suggestions in uncaught AttributeError."""


class Thing:
    def __init__(self):
        self.value = 1


Thing().vaule
