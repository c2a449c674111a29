"""ElementTree, minidom, SAX and plistlib on top of pyexpat."""
import io
import plistlib
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax

TEXT = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE r [<!ENTITY hello "Hello &#38;#38; <b>bold</b>"><!ATTLIST item kind NMTOKEN "plain">]>
<r xmlns="urn:a" xmlns:p="urn:b">
  <item p:n="1">&hello;</item>
  <item kind=" special  ">caf\xe9<![CDATA[ <raw> ]]></item>
  <p:empty/><!-- comment --><?pi data?>
</r>
"""
DATA = TEXT.encode("latin-1")

root = ET.fromstring(DATA)
print(root.tag, [(c.tag, sorted(c.attrib.items()), c.text) for c in root])
print(ET.tostring(root, encoding="unicode"))
print([(e, n.tag) for e, n in ET.iterparse(io.BytesIO(DATA), events=("start", "end"))])
pull = ET.XMLPullParser(["start", "end"])
for i in range(0, len(DATA), 7):
    pull.feed(DATA[i:i + 7])
pull.close()
print(len(list(pull.read_events())))
for bad in ("<a>", "<a><b></a>", "", "<a>&no;</a>", "<a b=1/>"):
    try:
        ET.fromstring(bad)
    except ET.ParseError as e:
        print(bad, "|", e, e.code, e.position)
ET.indent(root)
print(ET.tostring(root, default_namespace=None).decode())

document = xml.dom.minidom.parseString(DATA)
print(document.documentElement.getElementsByTagName("item")[1].toxml())
print(document.doctype.toxml())
print(xml.dom.minidom.parseString("<a><b/>x</a>").toprettyxml(indent=" "))


class Show(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("start", name, sorted(attrs.items()), self._locator.getLineNumber())

    def endElement(self, name):
        print("end", name)

    def characters(self, content):
        if content.strip():
            print("text", content)


xml.sax.parseString(DATA, Show())
try:
    xml.sax.parseString(b"<a></b>", Show())
except xml.sax.SAXParseException as e:
    print(e)

plist = plistlib.dumps({"a": [1, 2.5, True, b"bytes"], "b": {"c": "text & more"}})
print(plist.decode())
print(plistlib.loads(plist))
