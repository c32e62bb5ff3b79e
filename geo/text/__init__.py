"""How do bytes become text, and a name a search key, its core and its pinyin?"""

from __future__ import annotations

from geo.text.encoding import Decoded, decode
from geo.text.keys import NameKeyRow, name_keys
from geo.text.names import core, generic_part, search_key, search_keys
from geo.text.readings import Reading, reviewed_readings
from geo.text.romanise import Romanised, initials, pinyin, pinyin_key, romanise

__all__ = [
    "Decoded",
    "NameKeyRow",
    "Reading",
    "Romanised",
    "core",
    "decode",
    "generic_part",
    "initials",
    "name_keys",
    "pinyin",
    "pinyin_key",
    "reviewed_readings",
    "romanise",
    "search_key",
    "search_keys",
]
