"""Do a place's names or its story hold what a reader typed?"""

from __future__ import annotations

from collections.abc import Sequence

from geo.text import pinyin_key, search_key, search_keys
from geo.text.readings import without_tones


def holds(typed: str, told: Sequence[str | None], pinyin: str | None) -> bool:
    """Whether names and story hold the words, in either script, or the pinyin does.

    Pinyin is compared without tones and spaces. Signs only, such as %, are in nothing.
    """
    words = search_key(typed)
    if words and any(words in one for one in search_keys(told)):
        return True
    is_spelled = search_key(without_tones(typed)).replace("ü", "u").isascii()
    spelled = pinyin_key(typed) if is_spelled else ""
    return bool(spelled) and spelled in pinyin_key(pinyin or "")
