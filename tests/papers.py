"""PDF papers for tests, made on the spot: of given objects, or of lines in a given font."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfWriter

GBK_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/SimSun/DW 1000"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
)
SILENT_FONT = GBK_FONT.replace("GBK-EUC-H", "Identity-H").replace("(GB1)", "(Identity)")
"""A font that numbers its glyphs and does not tell which characters they are."""


def pdf_of(objects: Sequence[bytes]) -> bytes:
    """A PDF of numbered objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table,
    )  # fmt: skip
    return bytes(out)


def stream(data: bytes, entries: str = "") -> bytes:
    """An object that is a stream."""
    head = f"<<{entries}/Length {len(data)}>>".encode()
    return head + b"\nstream\n" + data + b"\nendstream"


def paper(pages: Sequence[Sequence[str]], font: str = GBK_FONT, resources: str = "") -> bytes:
    """A PDF with lines of text, one list a page; written as a Chinese office of 2005 wrote it."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        font.encode(),
    ]
    for n, lines in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * n} 0 R"
            f"/Resources<</Font<</F 3 0 R>>{resources}>>>>".encode()
        )
        shown = b" ".join(b"<%s> Tj 0 -20 Td" % line.encode("gbk").hex().encode() for line in lines)
        objects.append(stream(b"BT /F 16 Tf 70 770 Td " + shown + b" ET"))
    return pdf_of(objects)


def bomb() -> bytes:
    """A page that unpacks to 200 MB, packed twice to two kilobytes."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(10**6)) for _ in range(200)) + packer.flush()
    data = stream(zlib.compress(once, 9), "/Filter[/FlateDecode/FlateDecode]")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", pages, page, data])


def ring() -> bytes:
    """A tree of pages that is its own branch."""
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"])


def nest() -> bytes:
    """A page whose content nests lists without end."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", pages, page, stream(b"[" * 200_000 + b"TJ")])


def locked(data: bytes, password: str, owner: str = "owner") -> bytes:
    """The same PDF under a password; with an empty one everybody may open it."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, owner, algorithm="AES-256")
    raw = io.BytesIO()
    writer.write(raw)
    return raw.getvalue()
