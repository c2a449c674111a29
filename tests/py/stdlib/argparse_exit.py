#: exit 2
#: stderr
#: args --num x
"""argparse ends the program with usage on the error output."""
import argparse

p = argparse.ArgumentParser(prog="tool")
p.add_argument("--num", type=int)
p.parse_args()
