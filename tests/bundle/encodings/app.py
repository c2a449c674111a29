"""Encodings by their usual names, in the places where programs name them."""
import codecs
import io
import pathlib


def by_keyword():
    with open('text', 'w', encoding='ISO-8859-15') as file:
        file.write('€')
    return open('text', 'rb').read()


print(by_keyword())
print('ž'.encode('iso-8859-2'), 'ž'.encode('windows-1250'), 'ž'.encode('latin9'))
print('é'.encode('cp850'), ('a' + 'b').encode('cp500'), b'\xe9'.decode('mac-roman'))
print('münchen.de'.encode('idna'), b'xn--mnchen-3ya.de'.decode('idna'))
print(str(b'\xe4', 'cp1251'), bytes('ы', 'koi8-r'), bytearray('ä', 'cp1252'))
print(io.TextIOWrapper(io.BytesIO(b'\xe0'), 'cp1257').read(), codecs.open('text', 'r', 'cp1253').read())
print(pathlib.Path('text').read_text('cp1254'), codecs.lookup('mac-turkish').name)
try:
    'x'.encode('klingon')
except LookupError as error:
    print(error)
