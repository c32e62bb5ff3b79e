"""In which words are prices, beds, hours and all that is not known told, in both languages?

The same words stand in `maps/static/js/words.js` for the pages that draw themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Say = Callable[[str, str], str]
"""`Page.say`: the text in the reader's language."""

UNKNOWN = ("未知", "unknown")
STATE = {
    "open": ("在营", "open"), "paused": ("暂停服务", "paused"), "planned": ("筹建", "planned"),
    "under_construction": ("在建", "being built"), "closed": ("已关停", "closed"),
}  # fmt: skip
CARE = {
    "independent": ("能自理", "independent"), "partial": ("半失能", "partly dependent"),
    "full": ("失能", "dependent"), "dementia": ("认知症", "dementia"),
}  # fmt: skip
UNIT = {
    "month": ("月", "month"), "meal": ("餐", "meal"), "time": ("次", "visit"), "day": ("天", "day"),
}  # fmt: skip
FIRE = {
    "passed": ("达标", "passed"),
    "failed": ("未达标", "failed"),
    "pending": ("办理中", "pending"),
}
OWNERSHIP = {"public": ("公有", "public"), "private": ("民办", "private")}
OPERATION = {
    "public": ("公营", "run publicly"), "private_nonprofit": ("民办非营利", "private, non-profit"),
    "private_profit": ("民办营利", "private, for profit"),
}  # fmt: skip
MEDICAL = {
    "own": ("内设医疗机构", "own clinic"),
    "contract": ("签约医疗机构", "contract with a clinic"),
}
DAYS = {
    "mon": ("周一", "Mon"), "tue": ("周二", "Tue"), "wed": ("周三", "Wed"), "thu": ("周四", "Thu"),
    "fri": ("周五", "Fri"), "sat": ("周六", "Sat"), "sun": ("周日", "Sun"),
    "holiday": ("节假日", "holidays"),
}  # fmt: skip
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


def price_range(one: Any) -> str:
    """「2,600–4,800」, or one number where both ends are the same."""
    low, high = one.low, one.high
    return yuan(low) if low == high else f"{yuan(low)}–{yuan(high)}"


def price_line(say: Say, one: Any) -> str:
    """「半失能 2,600–4,800 元/月（含床位、护理、伙食）」."""
    includes = one.includes
    told = say(f"（含{includes}）", f" (incl. {includes})") if is_known(includes) else ""
    unit = word(say, UNIT, one.unit)
    return f"{say(one.item_zh, one.item_en)} {price_range(one)} {say('元', 'yuan')}/{unit}{told}"


def hour_lines(say: Say, hours: Mapping[str, Sequence[Sequence[str]]] | None) -> list[str]:
    """Opening hours, days with the same hours joined: 「周一至周五 08:00–17:00」."""
    if not hours:
        return [say(*UNKNOWN)]
    runs: list[tuple[str, str, str]] = []
    for day in list(DAYS)[:7]:
        spans = [f"{start}–{end}" for start, end in hours.get(day) or []]
        told = say("、", ", ").join(spans) or say("休息", "closed")
        if runs and runs[-1][2] == told:
            runs[-1] = (runs[-1][0], day, told)
        else:
            runs.append((day, day, told))
    if len(runs) == 1:
        every = say("每天", "daily")
        told = say("全天", "all day") if runs[0][2] == "00:00–24:00" else runs[0][2]
        return [f"{every} {told}"]
    return [f"{_days(say, first, last)} {told}" for first, last, told in runs]


def _days(say: Say, first: str, last: str) -> str:
    if first == last:
        return say(*DAYS[first])
    return say("至", "–").join((say(*DAYS[first]), say(*DAYS[last])))


def native(say: Say, told: str) -> str:
    """The reader's half of a text that carries both: 「近似 · approximate」."""
    parts = [part.split(" · ") for part in told.split("; ")]
    if all(len(p) == 2 and _HAN.search(p[0]) and not _HAN.search(p[1]) for p in parts):
        return say("；", "; ").join(say(zh, en) for zh, en in parts)
    return told
