"""An old and dynamic parser (2013's style: six, metaclasses, classes made by functions)."""
import sys

import html5lib
from html5lib import treebuilders, treewalkers
from html5lib.filters import alphabeticalattributes, sanitizer, whitespace
from html5lib.serializer import HTMLSerializer


def main(kind, path):
    with open(path, "rb") as f:
        parser = html5lib.HTMLParser(treebuilders.getTreeBuilder(kind), namespaceHTMLElements=False)
        tree = parser.parse(f)
    print(parser.documentEncoding, len(parser.errors))
    for position, code, details in parser.errors:
        print(position, code, details)
    walker = treewalkers.getTreeWalker(kind)
    stream = alphabeticalattributes.Filter(whitespace.Filter(walker(tree)))
    print(HTMLSerializer(omit_optional_tags=False, quote_attr_values="always").render(stream))
    clean = sanitizer.Filter(walker(tree))
    print(HTMLSerializer(strip_whitespace=True).render(clean))
    for token in list(walker(tree))[:12]:
        print(token["type"], token.get("name"), token.get("data"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
