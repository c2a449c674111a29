#: exit 1
#: stderr
"""sys.exit with a message."""
import sys

sys.exit("a message")
