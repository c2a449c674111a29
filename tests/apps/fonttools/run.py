"""Makes a font, subsets it, and dumps tables as `ttx` does (modules for tables are imported by computed names)."""
import sys

from fontTools import subset, ttx
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def make(path):
    fb = FontBuilder(1000, isTTF=True)
    glyphs = [".notdef", "space", "A", "B", "Aacute"]
    fb.setupGlyphOrder(glyphs)
    fb.setupCharacterMap({32: "space", 65: "A", 66: "B", 0xC1: "Aacute"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((250, 700))
    pen.qCurveTo((400, 500), (500, 0))
    pen.closePath()
    shape = pen.glyph()
    empty = TTGlyphPen(None).glyph()
    fb.setupGlyf({g: empty if g == "space" else shape for g in glyphs})
    fb.setupHorizontalMetrics({g: (600, 0) for g in glyphs})
    fb.setupHorizontalHeader(ascent=800, descent=-200)
    fb.setupNameTable({"familyName": "Tëst", "styleName": "Regular"}, mac=False)
    fb.setupOS2(sTypoAscender=800)
    fb.setupPost()
    fb.addOpenTypeFeatures("feature kern { pos A B -50; } kern; feature liga { sub A B by Aacute; } liga;")
    fb.font["head"].created = fb.font["head"].modified = 3000000000
    fb.font.recalcTimestamp = False
    fb.save(path)


def main(what, *rest):
    make("t.ttf")
    if what == "ttx":
        return ttx.main(["-q", "-o", "t.ttx", "t.ttf", *rest])
    if what == "list":
        ttx.main(["-l", "t.ttf"])
    elif what == "subset":
        subset.main(["t.ttf", "--unicodes=U+0041", "--output-file=s.ttf", "--layout-features=*", "--no-recalc-timestamp"])
        font = TTFont("s.ttf")
        print(font.getGlyphOrder(), font.getBestCmap(), sorted(font.keys()), font["name"].getDebugName(1))
    elif what == "back":
        ttx.main(["-q", "-o", "a.ttx", "t.ttf"])
        ttx.main(["-q", "-o", "b.ttf", "--no-recalc-timestamp", "a.ttx"])
        with open("t.ttf", "rb") as a, open("b.ttf", "rb") as b:
            print(a.read() == b.read())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
