"""Events and errors of pyexpat, read at once and byte by byte."""
import pyexpat

DOCS = ["", "<a>", "<a", "abc", "<a></b>", "<a b='1' b='2'/>", "<a>&foo;</a>", "<a b='&foo;'/>", "<a/>x", "<a/><b/>", "<a/>&", "<x:a/>",
 "<a>\x01</a>", "<a b=c/>", "<a b='1'c='2'/>", "<a>]]></a>", "<a>x]]></a>", "<a><![CDATA[x]]", "<a><![CDATA[x]]></a>", "<a>&#0;</a>", "<a>&#x41;&#66;</a>",
 "<?xml version='1.0'?><a/>", " <?xml version='1.0'?><a/>", "<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>", "<?xml?><a/>", "<?xml version='1.0' foo='x'?><a/>",
 "<!DOCTYPE a [<!ENTITY e 'v'><!ELEMENT a (b|c)*><!ATTLIST a x CDATA 'd' y (p|q) #REQUIRED>]><a>&e;</a>",
 "<!DOCTYPE a SYSTEM 'x.dtd'><a>&e;</a>", "<!DOCTYPE a PUBLIC 'pub' 'x.dtd' [<!ENTITY % p 'x'> %p;]><a>&e;</a>",
 "<!DOCTYPE a [<!ENTITY e '<b>t</b>'><!ENTITY r '&r;'>]><a>&e;</a>", "<!DOCTYPE a [<!ENTITY r '&s;'><!ENTITY s '&r;'>]><a>&r;</a>", "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</b></a>",
 "<!DOCTYPE a [<!ENTITY x SYSTEM 'foo' NDATA n>]><a>&x;</a>",
 "<a>\r\nx\ry\n</a>", "<a\n  b='1\n2\t3'\n/>", "<a><!-- c --><?pi data?><?pi2?></a>", "<a><!-- c -- ></a>", "<a><?xml x?></a>", "<a></a >", "<a></ a>", "< a/>", "<a/ >", "<1/>", "<a b/>", "<a b=/>", "<a b='<'/>",
 "\ufeff<a/>", "<é ü='ß'>ñ</é>", "<a xmlns='u'><b xmlns='' c='d'/></a>", "<a xmlns:p='u' p:x='1'><p:b/></a>", "<a xmlns:p=''/>", "<a xmlns:xmlns='x'/>", "<a p:x='1'/>", "<a xml:lang='en'/>", "<a:b:c/>", "<:a/>", "<a:/>",
 "<!-- x -->", "<!DOCTYPE a>", "<!DOCTYPE a [", "<!DOCTYPE a [<!ELEMENT a EMPTY>", "<!DOCTYPE a [<!FOO>]><a/>", "<!ELEMENT a ANY><a/>", "<a><!DOCTYPE a></a>", "<a>&</a>", "<a>&;</a>", "<a>& b</a>", "<a>&amp</a>", "<a>&lt;&gt;&amp;&quot;&apos;</a>",
 "<!DOCTYPE a [<!ELEMENT a ((b,c)+,(d|e)?,f*)>]><a/>", "<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)*><!ELEMENT b EMPTY><!ELEMENT c ANY><!ELEMENT d (#PCDATA)><!ELEMENT e (x)>]><a/>", "]]>", "<a>x<b/>y</a>\n<!-- e -->\n", "<a>\ufffe</a>", "  ", "&amp;", "<a b='&lt;x'/>", "<a>x&#10;y</a>",
]
NAMES = [n for n in dir(pyexpat.XMLParserType) if n.endswith('Handler')]
def run(doc, ns, default, chunk):
    out = []
    p = pyexpat.ParserCreate(namespace_separator=ns)
    for n in NAMES:
        if n in ('DefaultHandler',) or (n == 'DefaultHandlerExpand' and not default): continue
        def h(*a, n=n):
            
            # Inside of a document type Expat's place is that of some word of the declaration.
            place = () if n[:-7].endswith('Decl') or n[:-7] == 'NotStandalone' else (p.CurrentLineNumber, p.CurrentColumnNumber, p.CurrentByteIndex)
            out.append((n[:-7], a, *place))
            return 1
        setattr(p, n, h)
    try:
        b = doc.encode('utf-8')
        if chunk:
            p.SetReparseDeferralEnabled(False)
            for i in range(0, len(b)): p.Parse(b[i:i+1])
            p.Parse(b'', True)
        else: p.Parse(b, True)
    except pyexpat.ExpatError as e:
        out.append(('ERR', str(e), e.code, e.lineno, e.offset))
    if chunk:
        # text may be cut differently
        m = []
        for e in out:
            if e[0] in ('CharacterData','DefaultHandlerExpand') and m and m[-1][0] == e[0]: m[-1] = (e[0], (m[-1][1][0] + e[1][0],))
            else: m.append(e[:2])
        out = m
    return out
for d in DOCS:
    for ns in (None, '}'):
        for chunk in (0, 1):
            print(repr(d), ns, chunk)
            for e in run(d, ns, False, chunk): print('   ', e)
