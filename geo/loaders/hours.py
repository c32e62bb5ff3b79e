"""Which hours of the week does a written text state: 「周一至周五 8:30-12:00；周六休息」?

Only what is written counts: times without days, or a word that nobody listed, are no statement, and
the text is left to the deliverer. Read are Chinese, English and OpenStreetMap's plain forms, and
hours as this service writes them. Public holidays are no day of the week: a text that speaks of
them is not read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import pairwise
from typing import Any

from geo.loaders.storable import json_in
from geo.queries.filters import DAYS

Span = tuple[str, str]
_ALL_DAY: Span = ("00:00", "24:00")
_LONGEST = 1000
_NUMERALS = "一二三四五六日"
_DASHES = re.compile("[-–—―−‒─]+")
_ABBREVIATED = ("mo", "tu", "we", "th", "fr", "sa", "su")
_TO = r"\s*(?:-|~|至|到|to)\s*"
_ZH_DAY = r"(?:周|星期|礼拜)"
_EN_DAY = r"(?:mon?|tue?s?|wed?n?e?s?|thu?r?s?|fri?|sat?u?r?|sun?)(?:day)?s?(?![a-z])"
"""Mo, Mon, Monday."""
_CLOCK = (
    r"(上午|早上|早|中午|下午|晚上|晚)?\s*(\d{1,2})(?::(\d{2})(?!:?\d)|[点时](半|整|\d{1,2})?分?)"
)
_TOKENS = re.compile(
    rf"""(?P<skip>[\s,、;:。()/及和与|]+|早餐|午餐|中餐|晚餐|供餐|营业时间|开放时间|营业|开放)
    |(?P<always>24/7|24\s*小时|24h(?:ours)?|全天候)
    |(?P<whole>全天)
    |(?P<daily>每天|每日|天天|daily|every\s?day)
    |(?P<work>工作日|weekdays?)
    |(?P<weekend>周末|双休日|weekends?)
    |(?P<zh>{_ZH_DAY}[一二三四五六日天](?:(?:{_TO}|[、,])?{_ZH_DAY}?[一二三四五六日天])*)
    |(?P<en>{_EN_DAY}(?:(?:{_TO}|,\s*){_EN_DAY})*)
    |(?P<span>{_CLOCK}{_TO}{_CLOCK})
    |(?P<shut>休息|不营业|不开放|闭馆|关门|off|closed)""",
    re.VERBOSE,
)
_SHOWN = "周一至周五 08:30-12:00、13:30-17:00；周六 09:00-12:00"


def weekly_hours(text: str) -> str:
    """The stated week as JSON, as `facility.hours` holds it; a day that is not named is closed.

    Raises ValueError with what is wrong and how to write it.
    """
    if len(text) > _LONGEST:
        raise _unreadable("太长", "too long")
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text).strip().casefold())
    week = _as_stored(plain) if plain.startswith("{") else _as_written(plain)
    if not any(week.values()):
        raise _unreadable("没有写几点到几点", "no times are stated")
    for spans in week.values():
        if any(end <= start or after < end for (start, end), (after, _) in pairwise(spans)):
            raise _unreadable("同一天的时段重叠或先后颠倒", "the times of a day are out of order")
    return json.dumps({day: week[day] for day in DAYS if week.get(day)})


def _as_stored(text: str) -> dict[str, list[Span]]:
    """A week as this service writes it: {"mon": [["08:00", "17:00"]]}."""
    try:
        said = json_in(text)
        return {
            day: sorted((_stored_clock(start), _stored_clock(end)) for start, end in said[day])
            for day in sorted(said, key=DAYS.index)
        }
    except (ValueError, TypeError, KeyError):
        raise _unreadable("不认识的写法", "an unknown form") from None


def _stored_clock(clock: Any) -> str:
    hour, minutes = str(clock).split(":")
    return _clock("", hour, minutes)


def _as_written(text: str) -> dict[str, list[Span]]:
    """A week as people write it, read from the left; what is not understood stops it."""
    week: dict[str, list[Span]] = {}
    days: list[str] = []
    at, is_naming = 0, False
    while at < len(text):
        found = _TOKENS.match(text, at)
        if not found:
            rest = text[at : at + 20]
            raise _unreadable(f"看不懂「{rest}」", f"{rest!r} is not understood")
        at, sort = found.end(), str(found.lastgroup)
        if named := _days_in(sort, found[0]):
            days, is_naming = [*(days if is_naming else []), *named], True
        elif sort != "skip":
            if sort == "always" and not is_naming:
                days, is_naming = list(DAYS), True
            spans = [] if sort == "shut" else [_span(found[0]) if sort == "span" else _ALL_DAY]
            _tell(week, days, spans, is_first=is_naming)
            is_naming = False
    if is_naming:
        raise _unreadable("最后几天没有写时间", "the last days have no times")
    return week


def _tell(
    week: dict[str, list[Span]], days: list[str], spans: list[Span], *, is_first: bool
) -> None:
    """Give the named days a time; `is_first`: the first since they were named."""
    if not days:
        raise _unreadable("没有写是星期几或每天", "the days are not stated")
    for day in dict.fromkeys(days):
        if day in week and (is_first or not week[day] or not spans):
            raise _unreadable("同一天写了两次", "a day is stated twice")
        week.setdefault(day, []).extend(spans)


def _days_in(sort: str, text: str) -> list[str]:
    """The days that a token names; [] where it names none."""
    if sort == "daily":
        return list(DAYS)
    if sort in ("work", "weekend"):
        return list(DAYS[:5] if sort == "work" else DAYS[5:])
    if sort == "zh":
        text = re.sub(rf"{_ZH_DAY}|[、,\s]", "", text).replace("天", "日")
        return _runs(re.findall(rf"([{_NUMERALS}])(?:{_TO}([{_NUMERALS}]))?", text), _NUMERALS)
    if sort == "en":
        return _runs(re.findall(rf"({_EN_DAY})(?:{_TO}({_EN_DAY}))?", text), _ABBREVIATED)
    return []


def _runs(ranges: list[tuple[str, str]], names: str | tuple[str, ...]) -> list[str]:
    """The days of some ranges, over the end of the week too; one without an end is one day."""
    made = []
    for start, end in ranges:
        first, last = (names.index(one[:2]) for one in (start, end or start))
        made += [DAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]
    return made


def _span(text: str) -> Span:
    """From when to when; a half of the day that is named first holds for both ends.

    Past midnight only what begins after noon: 9:00-5:00 is more likely a slip.
    """
    (half, *start), (other, *end) = re.findall(_CLOCK, text)
    opens = _clock(half, start[0], start[1] or start[2])
    closes = _clock(other or half, end[0], end[1] or end[2])
    if closes <= opens and (half or other or opens < "12:00"):
        raise _unreadable(f"「{text}」先后颠倒", f"{text!r} ends before it starts")
    return opens, closes


def _clock(half: str, hour: str, minutes: str) -> str:
    """HH:MM; hours after noon may be told from 1 to 11."""
    number, past = int(hour), int({"半": "30", "整": "0", "": "0"}.get(minutes, minutes))
    if number < 12 and (half in ("下午", "晚上", "晚") or (half == "中午" and number < 3)):
        number += 12
    if number > 24 or past > 59 or (number == 24 and past):
        raise _unreadable(f"没有 {hour}:{minutes} 这个时刻", f"there is no {hour}:{minutes}")
    return f"{number:02d}:{past:02d}"


def _unreadable(zh: str, en: str) -> ValueError:
    return ValueError(f"{zh}，原文保留在 extra，请写成「{_SHOWN}」 · {en}: kept in extra")
