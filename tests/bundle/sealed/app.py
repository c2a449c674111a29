import os
import sys

print(sys.frozen, os.path.basename(sys.executable), sys.argv)
try:
    import intruder
except ImportError:
    print("sealed")
print(os.path.basename(__file__))
