"""Which character is meant where a PDF stores the sign of a radical that looks the same?

Printers of PDF take the first sign that a glyph is known by: 长 becomes U+2ED3, 民 U+2EA0.
Pairs after Unicode's EquivalentUnifiedIdeograph, of radicals that stand as a character alone.
"""

from __future__ import annotations

import unicodedata

_PAIRS = (
    "⺁厂⺎兀⺒巳⺓幺⺛旡⺜日⺝月⺟母⺠民⺧牛⺩王⺫目⺬示⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦"
    "⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
RADICALS = {ord(sign): of for sign, of in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)}
_LOOKS_ALIKE = ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0xFB00, 0xFB06))
"""Kangxi radicals, compatibility ideographs, ligatures: Unicode itself says what they stand for."""


def plain(written: str) -> str:
    """Answer a text with radicals and ligatures as the characters that they show; rest as it is."""
    return written.translate({ord(c): _plain(c) for c in set(written) if ord(c) > 0x2E7F})


def _plain(sign: str) -> str:
    code = ord(sign)
    if code in RADICALS:
        return RADICALS[code]
    alike = any(first <= code <= last for first, last in _LOOKS_ALIKE)
    return unicodedata.normalize("NFKC", sign) if alike else sign
