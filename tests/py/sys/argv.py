#: args one --two=3 -x
"""sys.argv as given."""
import sys

print(sys.argv[1:])
