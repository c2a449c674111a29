"""Writes, merges, encrypts and reads PDF files."""
import io
import sys

from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, RectangleObject


def page_with(writer, text):
    page = writer.add_blank_page(200, 100)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica")})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 50 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)
    return page


def make(texts):
    writer = PdfWriter()
    for text in texts:
        page_with(writer, text)
    writer.add_metadata({"/Title": "Tëst", "/Author": "freeze"})
    writer.add_outline_item("first", 0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def main(what):
    data = make(["Hello one", "Hello two", "Three"])
    reader = PdfReader(io.BytesIO(data))
    if what == "read":
        print(len(reader.pages), reader.metadata.title, reader.outline[0].title, reader.pdf_header)
        for page in reader.pages:
            print(repr(page.extract_text()), page.mediabox, page.rotation)
        print(reader.pages[0].get_contents().get_data())
    elif what == "change":
        writer = PdfWriter(clone_from=reader)
        writer.pages[0].rotate(90).scale_by(2)
        writer.pages[1].add_transformation(Transformation().rotate(45).translate(5, 5))
        writer.pages[2].merge_page(writer.pages[0])
        writer.add_annotation(0, FreeText(text="note", rect=(10, 10, 50, 50)))
        for page in writer.pages:
            page.compress_content_streams()
        writer.write("out.pdf")
        again = PdfReader("out.pdf")
        print([p.mediabox for p in again.pages], [a.get_object()["/Subtype"] for a in again.pages[0]["/Annots"]])
        print(repr(again.pages[2].extract_text()))
    elif what == "secret":
        writer = PdfWriter(clone_from=reader)
        writer.encrypt("user", "owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)
        locked = PdfReader(out)
        print(locked.is_encrypted, locked.decrypt("wrong").name, locked.decrypt("user").name, repr(locked.pages[0].extract_text()))
    elif what == "broken":
        try:
            PdfReader(io.BytesIO(b"%PDF-1.4\nnothing"), strict=True)
        except Exception as e:
            print(type(e).__name__, e)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
