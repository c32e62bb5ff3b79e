"""In which words are prices, beds, hours and all that is not known told, in both languages?

The same words stand in `maps/static/js/words.js` for the pages that draw themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from geo.access.finder.words import CARE_WORDS, FIRE_WORDS, OPERATION_WORDS, OWNERSHIP_WORDS
from maps.elder_care.vocabulary import in_words

Say = Callable[[str, str], str]
"""`Page.say`: the text in the reader's language."""

UNKNOWN = ("未知", "unknown")
STATE = {
    "open": ("在营", "open"), "paused": ("暂停服务", "paused"), "planned": ("筹建", "planned"),
    "under_construction": ("在建", "being built"), "closed": ("已关停", "closed"),
}  # fmt: skip
CARE, FIRE, OWNERSHIP, OPERATION = CARE_WORDS, FIRE_WORDS, OWNERSHIP_WORDS, OPERATION_WORDS
UNIT = {
    "month": ("月", "month"), "meal": ("餐", "meal"), "time": ("次", "visit"), "day": ("天", "day"),
}  # fmt: skip
MEDICAL = {
    "own": ("内设医疗机构", "own clinic"),
    "contract": ("签约医疗机构", "contract with a clinic"),
    "none": ("无医疗服务", "no medical care"),
}
_HAN = re.compile(r"[\u3400-\u9fff]")


def is_known(value: object) -> bool:
    """Whether there is something to tell."""
    return value is not None and value not in ("", [], {})


def word(say: Say, table: Mapping[str, tuple[str, str]], code: str | None) -> str:
    """The word for a code; 未知 for none, the code itself where no word is known."""
    if not is_known(code):
        return say(*UNKNOWN)
    pair = table.get(str(code))
    return say(*pair) if pair else str(code)


def yes_or_no(say: Say, value: bool | None) -> str:
    """有, 无 or 未知."""
    if value is None:
        return say(*UNKNOWN)
    return say("有", "yes") if value else say("无", "no")


def count(value: float) -> str:
    """A whole number, grouped by thousands."""
    return f"{value:,.0f}"


def yuan(value: float) -> str:
    """An amount without needless decimals: 12, 7.5."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else count(value)


def metres(say: Say, value: float) -> str:
    """A distance: metres in tens below 1 km, then kilometres with one decimal."""
    if value < 995:
        return f"{round(value, -1):.0f} {say('米', 'm')}"
    return f"{value / 1000:,.1f} {say('公里', 'km')}"


def price_range(say: Say, one: Any, per: str = "") -> str:
    """「2,600–4,800 元/月」, one number for two same ends, 「10 元以下」, 「2,600 元起」."""
    low, high, of = one.low, one.high, f" {say('元', 'yuan')}{per}"
    if low is None:
        return say(f"{yuan(high)}{of}以下", f"up to {yuan(high)}{of}")
    if high is None:
        return say(f"{yuan(low)}{of}起", f"from {yuan(low)}{of}")
    return (yuan(low) if low == high else f"{yuan(low)}–{yuan(high)}") + of


def price_line(say: Say, one: Any) -> str:
    """「半失能 2,600–4,800 元/月（含床位、护理、伙食）」."""
    includes = one.includes
    told = say(f"（含{includes}）", f" (incl. {in_words(say, includes)})") if includes else ""
    unit = word(say, UNIT, one.unit)
    return f"{say(one.item_zh, one.item_en)} {price_range(say, one, f'/{unit}')}{told}"


def may_have_changed(say: Say, *, is_stale: bool) -> str:
    """That what was told long ago, or nobody knows when, may have changed since."""
    return say("，可能已变", ", may have changed") if is_stale else ""


def rated(say: Say, one: Any) -> str:
    """The level of a rating, and that it holds no longer: 「五级（已过有效期）」."""
    gone = say("（已过有效期）", " (expired)") if one.is_expired else ""
    return in_words(say, one.level) + gone


def native(say: Say, told: str) -> str:
    """The reader's half of a text that carries both: 「近似 · approximate」."""
    parts = [part.split(" · ") for part in told.split("; ")]
    if all(len(p) == 2 and _HAN.search(p[0]) and not _HAN.search(p[1]) for p in parts):
        return say("；", "; ").join(say(zh, en) for zh, en in parts)
    return told
