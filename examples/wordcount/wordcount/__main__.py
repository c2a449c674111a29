"""Command line of the word counter."""
import argparse
import json
import os
import sys

from . import __version__
from .count import count


def main():
    parser = argparse.ArgumentParser(prog="wordcount", description="Count the words of a text.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--top", type=int, default=3, metavar="N", help="how many words to print")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    args = parser.parse_args()
    stop_file = os.path.join(os.path.dirname(__file__), "data", "stopwords.json")
    with open(stop_file, encoding="utf-8") as file:
        stop = set(json.load(file))
    words = count(sys.stdin.read(), stop)[: args.top]
    if args.json:
        print(json.dumps(dict(words), indent=2))
    else:
        for word, n in words:
            print(f"{n:4} {word}")


if __name__ == "__main__":
    main()
