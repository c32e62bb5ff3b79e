"""By which key is a name looked up, and which part of it is specific, which generic?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from opencc import OpenCC

from geo.text.generics import (
    AUTONOMOUS,
    DIVISION_GENERICS,
    OTHER_GENERICS,
    PEOPLES,
    WHOLE_NAMES,
)

_MARKS = re.compile(r"[(\[【][^)\]】]*[)\]】]")


_DIVISIONS = {generic.replace("·", ""): generic for generic in DIVISION_GENERICS}
_ALL = {generic.replace("·", ""): generic for generic in DIVISION_GENERICS + OTHER_GENERICS}
_LONGEST = max(map(len, _ALL))


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def search_key(name: str) -> str:
    """Answer the key under which a name is stored and looked up.

    Full width becomes half width (NFKC), traditional becomes simplified, case is folded, and
    everything that is neither letter, mark nor digit (spaces, 《》, brackets of every kind, dots,
    hyphens, apostrophes) is dropped. May be empty.
    """
    folded = unicodedata.normalize("NFKC", name)
    if not folded.isascii():
        folded = _to_simplified().convert(folded)
    return "".join(c for c in folded.casefold() if unicodedata.category(c)[0] in "LNM")


class _Kept(dict[int, int | None]):
    """Which characters a key keeps, found out once per character; line ends part the keys."""

    def __missing__(self, code: int) -> int | None:
        kept = code == 10 or unicodedata.category(chr(code))[0] in "LNM"
        self[code] = code if kept else None
        return self[code]


_KEPT = _Kept()


def search_keys(names: Sequence[str | None]) -> list[str]:
    """Answer the `search_key` of many names, in one go; '' for None.

    One conversion of all names, parted by line ends, costs a fifth of one for each.
    """
    if not names:
        return []
    joined = "\n".join((name or "").replace("\n", " ") for name in names)
    folded = unicodedata.normalize("NFKC", joined)
    if not folded.isascii():
        folded = _to_simplified().convert(folded)
    return folded.casefold().translate(_KEPT).split("\n")


def segments(name: str) -> list[str]:
    """Answer the names inside a name with brackets: 张太雷旧居(张太雷纪念馆) holds two."""
    plain = unicodedata.normalize("NFKC", name)
    outside = _MARKS.sub(" ", plain).strip()
    inside = [found[1:-1].strip() for found in _MARKS.findall(plain)]
    return [part for part in (outside, *inside) if search_key(part)]


@lru_cache(maxsize=65_536)
def generic_part(name: str, *, divisions_only: bool = False) -> str:
    """Answer the generic part (通名) with which a name ends, words parted by a dot, or ''.

    The specific part (专名) keeps at least one character: 通县 → 县, 沙市区 → 区, 市 → ''.
    """
    if name in WHOLE_NAMES:
        return ""
    known = _DIVISIONS if divisions_only else _ALL
    for length in range(min(_LONGEST, len(name) - 1), 0, -1):
        bare = name[-length:]
        if bare not in known:
            continue
        # 高新区 is 高新 + 区, not 高 + 新区; but 北大街 is 北 + 大街 and 通县 通 + 县.
        if len(name) - length >= 2 or length == 1 or bare not in _DIVISIONS:
            return known[bare]
    return ""


@lru_cache(maxsize=65_536)
def core(name: str) -> str:
    """Answer the specific part of a division's name: 武进区 → 武进, 沙市区 → 沙市.

    A remainder of one syllable names nothing by itself: 通县 and 沙市 stay whole.
    Works on a name as written or on its search key.
    """
    generic = generic_part(name, divisions_only=True).replace("·", "")
    remainder = name[: len(name) - len(generic)]
    if generic in AUTONOMOUS:
        remainder = _without_peoples(remainder)
    return remainder if len(remainder) >= 2 else name


_PEOPLES_TAIL = re.compile("(?:" + "|".join(sorted(PEOPLES, key=len, reverse=True)) + ")+$")


def _without_peoples(specific: str) -> str:
    """酉阳土家族苗族 → 酉阳: the peoples of an autonomous county are not its specific part."""
    return _PEOPLES_TAIL.sub("", specific) or specific
