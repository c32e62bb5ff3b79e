"""What kind of document was sent, by its content, and what is its text?"""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import BadInput, both
from geo.gazetteer.proofreading.documents import WordText, is_word, read_word, text_of, word_of
from geo.gazetteer.proofreading.pdf import is_pdf, read_pdf
from geo.gazetteer.proofreading.proofread import Pages

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_OLD_WORD = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Opened:
    """A document as text; of Word also its own tree, of a PDF its pages."""

    text: str
    word: WordText | None = None
    pages: Pages | None = None

    def as_word(self) -> WordText:
        """The document to be marked: the one that came, else one made of the text."""
        return self.word or word_of(self.text)


def open_document(data: bytes) -> Opened:
    """Read a PDF, a .docx or a plain text, told apart by content and not by the name.

    Raises BadInput for anything else and for what cannot be read.
    """
    if is_pdf(data):
        pdf = read_pdf(data)
        return Opened(pdf.text, None, pdf.pages)
    if is_word(data):
        word = read_word(data)
        return Opened(word.text, word)
    if data.startswith(_PICTURES) and b"\x00" in data[:64]:
        raise BadInput(
            both(
                "这是图片，没有文字；请先做文字识别，或粘贴文字。",
                "this is a picture without text: recognise its text first, or paste the text",
            ),
            parameter="file",
        )
    if data.startswith(_OLD_WORD):
        raise BadInput(
            both(
                "这是旧版 Office 文件（如 .doc）；请另存为 .docx，或粘贴文字。",
                "this is a file of an old Office (.doc): save it as .docx, or paste the text",
            ),
            parameter="file",
        )
    return Opened(text_of(data))
