"""Which Chinese generic part does an English one stand for: Wujin District → wujinqu?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.text import pinyin_key

GENERICS = {
    "province": ("sheng",), "municipality": ("shi",), "city": ("shi",), "prefecture": ("diqu",),
    "district": ("qu",), "new area": ("xinqu",), "county": ("xian",),
    "autonomous county": ("zizhixian",), "subdistrict": ("jiedao",), "sub-district": ("jiedao",),
    "street office": ("jiedao",), "town": ("zhen",), "township": ("xiang",),
    "village": ("cun",), "community": ("shequ",), "road": ("lu",), "avenue": ("dadao",),
    "street": ("jie", "dajie"), "lane": ("xiang", "long", "hutong"), "bridge": ("qiao", "daqiao"),
    "river": ("he", "jiang"), "lake": ("hu",), "mountain": ("shan",), "mount": ("shan",),
    "hill": ("shan",), "island": ("dao",), "reservoir": ("shuiku",), "canal": ("yunhe",),
    "park": ("gongyuan",), "square": ("guangchang",), "temple": ("si", "miao"),
    "pagoda": ("ta",), "pavilion": ("ting", "ge"), "museum": ("bowuguan",),
    "station": ("zhan",), "railway station": ("huochezhan",), "airport": ("jichang",),
    "old town": ("guzhen",), "ancient town": ("guzhen",), "former residence": ("guju", "jiuju"),
}  # fmt: skip
"""English generic parts and the pinyin of the Chinese ones that they may stand for."""

_WORDS = "|".join(sorted(map(re.escape, GENERICS), key=len, reverse=True))
_AFTER = re.compile(rf"^(?P<specific>.*[^\W\d_].*?)[\s,]+(?P<generic>{_WORDS})\.?\s*$", re.I)
_BEFORE = re.compile(
    rf"^\s*(?:the\s+)?(?P<generic>{_WORDS})(?:\s+of)?\s+(?P<specific>.*[^\W\d_].*)$", re.I
)


@dataclass(frozen=True)
class English:
    """An English name in parts: the pinyin key of the specific one, and whole names in pinyin."""

    specific: str
    spelled: tuple[str, ...]


def english_generic(text: str) -> English | None:
    """Answer what an English name stands for in pinyin; None where it has no known generic part.

    >>> english_generic("Wujin District")
    English(specific='wujin', spelled=('wujinqu',))
    """
    found = _AFTER.match(text) or _BEFORE.match(text)
    if found is None:
        return None
    specific = pinyin_key(found["specific"])
    generic = re.sub(r"\s+", " ", found["generic"].lower())
    if not specific:
        return None
    return English(specific, tuple(specific + ending for ending in GENERICS[generic]))


def english_begun(text: str) -> str | None:
    """Answer the pinyin key of what stands before a generic part that is being typed: Wujin Dis."""
    specific, _, begun = text.strip().rpartition(" ")
    if specific and begun and any(word.startswith(begun.lower()) for word in GENERICS):
        return pinyin_key(specific) or None
    return None
