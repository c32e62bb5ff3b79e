"""What does a place cost, as a sheet writes it: 「2600-4800元/月」, 「10元以下」?

A price is read only where yuan and period are stated, in the cell or in its heading: 「2600」 under
收费 may be a month or a year, in money or in points. About (约2600元), open (面议) and 0, which
sheets write for what they do not know, are no prices either. The text then stays in `extra`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from geo.loaders.storable import json_in

_LEVELS = {
    "independent": ("自理", "能自理", "完全自理", "生活自理"),
    "partial": ("半失能", "半自理", "部分失能", "部分自理"),
    "full": ("失能", "全失能", "完全失能", "不能自理"),
    "dementia": ("认知症", "失智", "认知障碍"),
}
_SERVICES = {
    "breakfast": ("早餐",),
    "lunch": ("午餐", "中餐"),
    "dinner": ("晚餐",),
    "day_care": ("日托", "日间照料"),
    "bath": ("助浴",),
}
_LEVEL_TAILS = ("收费", "收费标准", "价格", "费用", "月收费", "每月收费", "月收费标准", "收费元月")
_TAILS = ("价格", "收费", "收费标准", "费用")
_FIRST = {**dict.fromkeys(_LEVELS, "（元/月）"), "day_care": "（元/天）", "bath": "（元/次）"}
"""The unit in the heading that a template offers."""


def _headings(item: str, words: tuple[str, ...]) -> tuple[str, ...]:
    people = ("", "老人", "老年人") if item in _LEVELS else ("",)
    tails = _LEVEL_TAILS if item in _LEVELS else _TAILS
    made = [f"{word}{who}{tail}" for word in words for who in people for tail in tails]
    return (f"{made[0]}{_FIRST.get(item, '（元/餐）')}", *made, f"price_{item}")


HEADINGS: dict[str, tuple[str, ...]] = {
    **{f"price_{item}": _headings(item, words) for item, words in (_LEVELS | _SERVICES).items()},
    "price_meal": ("餐费（元/餐）", "餐费", "餐费标准", "餐标", "用餐价格", "套餐价格", "餐价",
                   "meal price", "price per meal", "price_meal"),
    "prices": ("收费标准", "收费", "收费价格", "收费区间", "收费情况", "价格", "价格区间",
               "价格标准", "费用标准", "月收费", "每月收费", "月收费标准", "monthly fee",
               "monthly price", "prices"),
    "price_includes": ("收费包含", "收费包含内容", "收费包含项目", "费用包含", "费用包含内容",
                       "价格包含", "price_includes"),
    "priced_on": ("价格日期", "收费标准日期", "价格更新日期", "价格公示日期", "收费公示日期",
                  "priced_on"),
}  # fmt: skip
"""Field → headings, the template's first."""
PRICE_FIELDS = tuple(name for name in HEADINGS if name not in ("price_includes", "priced_on"))
ITEM_OF = {name: name.removeprefix("price_") for name in PRICE_FIELDS if name != "prices"}
"""Field → the one item of its column; the column `prices` may name any."""

_GENERAL = "general"
_WORDS = {
    **{word: item for item, words in _LEVELS.items() for word in words},
    **{word: item for item, words in _SERVICES.items() for word in words},
}
_MEALS = ("breakfast", "lunch", "dinner", "meal")
_UNITS_OF = {
    **dict.fromkeys(_LEVELS, ("month", "day")), **dict.fromkeys(_MEALS, ("meal",)),
    "day_care": ("day", "month"), "bath": ("time",), "rental": ("day", "month", "time"),
    _GENERAL: ("month", "day", "meal", "time"),
}  # fmt: skip
"""Item → what it is paid by; a monthly 餐费 is a part of a home's price, no price of a meal."""
_PERIODS = {
    "月": "month", "month": "month", "餐": "meal", "meal": "meal", "天": "day", "日": "day",
    "day": "day", "次": "time", "visit": "time", "time": "time",
}  # fmt: skip
_PERIOD = f"({'|'.join(_PERIODS)})"
_HEAD = "(?:人|床|位)"
_BEFORE = rf"每{_HEAD}?每?{_PERIOD}"
_AFTER = rf"(?:/|每|per|an?(?=[a-z])){_HEAD}?(?:[/·.]|每)?{_PERIOD}(?:[/·.]{_HEAD})?"
_YUAN = "(?:元|yuan|rmb|cny|¥)"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?(?![\d.万千百])"
_ITEM = (
    rf"(?:(?P<item>{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"(?:的?(?:老年人|老人|长者))?(?:收费|价格)?[::为]?)?"
)
_INCLUDES = (
    r"(?:\((?:均|全)?(?:包含|含|包括)(?P<inner>[^()]+)\)|,?(?:包含|含|包括)(?P<outer>[^();\d]+))?"
)
_PRICE = re.compile(
    rf"{_ITEM}(?P<before>{_BEFORE})?[::]?(?P<most>不超过|不高于|最高|≤|upto)?"
    rf"(?P<least>不低于|最低|≥|from)?{_YUAN}?(?P<first>{_NUMBER})(?P<a>{_YUAN})?(?P<ua>{_AFTER})?"
    rf"(?:[-~至到](?:{_YUAN}(?=\d))?(?P<second>{_NUMBER})(?P<b>{_YUAN})?(?P<ub>{_AFTER})?)?"
    rf"(?P<bound>及?以下|以内|及?以上|起)?(?P<uc>{_AFTER})?(?P<end>起)?{_INCLUDES}(?:[;,、。]+|$)"
)
_DASHES = re.compile("[-–—―−‒─]+")
_MOST_YUAN = 1_000_000
_LONGEST = 1000
_SHOWN = "2600-4800元/月、8-12元/餐 或 10元/餐以下"


def prices_in(text: str, heading: str, field: str = "prices") -> str:
    """The prices of a cell as JSON: [{"item", "low", "high", "unit", "includes", "priced_on"}, …].

    heading: of the column; it may state yuan and period. field: of `PRICE_FIELDS`. Also what the
    service itself writes, a list of such objects. Raises ValueError with what is wrong.
    """
    if len(text) > _LONGEST:
        raise _unreadable("太长", "too long")
    if text.lstrip().startswith("["):
        return _dumped([_as_stored(one) for one in _list_in(text)])
    said, head = _plain(text), _plain(heading)
    found: list[dict[str, Any]] = []
    at = 0
    while at < len(said):
        part = _PRICE.match(said, at)
        if part is None:
            rest = said[at : at + 20]
            raise _unreadable(f"看不懂「{rest}」", f"{rest!r} is not understood")
        found.append(_as_written(part, head, ITEM_OF.get(field)))
        at = part.end()
    return _dumped(found)


def _as_written(part: re.Match[str], heading: str, column: str | None) -> dict[str, Any]:
    """One price of a cell under a heading; `column`: the item of its column."""
    named = _WORDS.get(part["item"] or "")
    if named and column and named != column:
        raise _unreadable(f"此列不是「{part['item']}」的价格", "the column is of another item")
    item = named or column or _GENERAL
    if not re.search(_YUAN, part[0] + heading):
        raise _unreadable("没有写「元」", "the currency is not stated")
    unit = _unit(part, heading, item)
    low, high = _ends(part)
    includes = (part["inner"] or part["outer"] or "").strip("、,。") or None
    if "不" in (includes or ""):
        raise _unreadable("包含与不含混写", "what is not included stands among what is")
    return _price(item, low, high, unit, includes, None)


def _unit(part: re.Match[str], heading: str, item: str) -> str:
    """What it is paid by: as the cell says, else its heading, else a meal for a meal."""
    texts = (part[name] for name in ("before", "ua", "ub", "uc"))
    said = {_period(text) for text in texts if text}
    if not said and (found := re.search(f"{_BEFORE}|{_AFTER}|元/?{_PERIOD}", heading)):
        said = {_period(found[0])}
    if not said and re.search("月收费|月费|月价|monthly", heading):
        said = {"month"}
    if not said and item in ("breakfast", "lunch", "dinner"):
        said = {"meal"}
    if not said:
        raise _unreadable("没有写按月、按天、按餐还是按次", "the period is not stated")
    (unit, *others) = sorted(said)
    if others:
        raise _unreadable("同一价格写了两种周期", "two periods for one price")
    return unit


def _period(text: str) -> str:
    return _PERIODS[re.findall(_PERIOD, text)[-1]]


def _ends(part: re.Match[str]) -> tuple[Decimal | None, Decimal | None]:
    """Low and high end; one of them is None where only the other is stated."""
    first, second = (_number(part[name]) for name in ("first", "second"))
    bound = part["bound"] or ""
    is_most = bool(part["most"]) or bound.endswith(("以下", "以内"))
    is_least = bool(part["least"] or part["end"]) or bound.endswith(("以上", "起"))
    if (is_most or is_least) and (second is not None or is_most == is_least):
        raise _unreadable("上下限写法不清", "its ends are not clear")
    if is_most:
        return None, first
    return first, None if is_least else first if second is None else second


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text.replace(",", ""))


def _price(
    item: str, low: Decimal | None, high: Decimal | None, unit: str, includes: str | None,
    priced_on: str | None,
) -> dict[str, Any]:  # fmt: skip
    """A price, if it can be one."""
    ends = [end for end in (low, high) if end is not None]
    if not ends or not all(0 < end <= _MOST_YUAN for end in ends):
        raise _unreadable("不是合理的价格", "no believable price")
    if low is not None and high is not None and low > high:
        raise _unreadable("低价高于高价", "the low end is above the high one")
    if unit not in _UNITS_OF[item]:
        raise _unreadable("此项不按这种周期收费", "the item is not paid by that period")
    return {
        "item": item, "low": _whole(low), "high": _whole(high), "unit": unit,
        "includes": includes, "priced_on": priced_on,
    }  # fmt: skip


def _whole(end: Decimal | None) -> float | int | None:
    return None if end is None else int(end) if end == end.to_integral() else float(end)


def _list_in(text: str) -> list[Any]:
    try:
        said = json_in(text)
    except ValueError:
        said = None
    if not isinstance(said, list):
        raise _unreadable("不认识的写法", "an unknown form")
    return said


def _as_stored(said: Any) -> dict[str, Any]:
    """A price as this service writes it."""
    keys = {"item", "low", "high", "unit", "includes", "priced_on"}
    if not isinstance(said, dict) or not {*said} <= keys:
        raise _unreadable("不认识的写法", "an unknown form")
    item, low, high = said.get("item"), said.get("low"), said.get("high")
    includes, day = said.get("includes"), said.get("priced_on")
    if not all(one is None or isinstance(one, Decimal) for one in (low, high)) or not all(
        one is None or isinstance(one, str) for one in (item, includes, day)
    ):
        raise _unreadable("不认识的写法", "an unknown form")
    if item not in _UNITS_OF:
        raise _unreadable("不认识的写法", "an unknown form")
    return _price(item, low, high, str(said.get("unit")), includes, as_day(day))


def as_day(text: str | None) -> str | None:
    """An ISO date as it is. Raises ValueError for another text."""
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("不是日期，请写成 2025-06-30 · no date: write 2025-06-30") from None


def _plain(text: str) -> str:
    """Half width, lower case, one sort of dash, no spaces; what parts the prices is a semicolon."""
    plain = unicodedata.normalize("NFKC", text.strip()).casefold().replace("～", "~")
    plain = re.sub(r"[\r\n]+", ";", plain)
    return re.sub(r"\s", "", _DASHES.sub("-", plain)).replace("〜", "~")


def _dumped(found: list[dict[str, Any]]) -> str:
    return json.dumps(found, ensure_ascii=False)


def _unreadable(zh: str, en: str) -> ValueError:
    return ValueError(f"{zh}，原文保留在 extra，请写成「{_SHOWN}」 · {en}: kept in extra")
