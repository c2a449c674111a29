"""xml.etree where the parser is at hand."""
try:
    import xml.etree.ElementTree as E
    root = E.fromstring("<r a='1'><c>t &lt;</c><c x='é'/>tail</r>")
    print(root.tag, root.attrib, [c.text for c in root], root.find("c").text, root.findall("c")[1].get("x"), E.tostring(root, encoding="unicode"))
    E.SubElement(root, "n", k="v").text = "new & old"
    print(E.tostring(root), root.findtext("n"), [e.tag for e in root.iter()])
    try:
        E.fromstring("<a><b></a>")
    except E.ParseError as e:
        print(e)
except ImportError as e:
    print(e)
