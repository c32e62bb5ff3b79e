"""When is a place open, and does it serve meals, in the reader's words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo.access.finder import Card
from geo.models.kinds import KINDS
from maps.elder_care.words import UNKNOWN, Say, count

DAYS = {
    "mon": ("周一", "Mon"), "tue": ("周二", "Tue"), "wed": ("周三", "Wed"), "thu": ("周四", "Thu"),
    "fri": ("周五", "Fri"), "sat": ("周六", "Sat"), "sun": ("周日", "Sun"),
}  # fmt: skip


def hours_told(say: Say, p: Card) -> list[str]:
    """The opening hours, the same whatever was asked for; [] is unknown.

    A home's stored hours are those of its beds: of what else it offers they say nothing.
    """
    if not p.home_hours:
        return hour_lines(say, p.hours) if p.hours else []
    unknown = say(*UNKNOWN)
    told = say("；", "; ").join(hour_lines(say, p.home_hours))
    others = [KINDS[kind] for kind in p.kinds if not KINDS[kind].is_residential]
    return [say(f"住养：{told}", f"living there: {told}")] + [
        say(f"{kind.zh}：{unknown}，请先打电话", f"{kind.en}: {unknown}, please phone first")
        for kind in others
    ]


def today_told(say: Say, one: Card) -> tuple[str, ...]:
    """The hours of today in parts: 「午餐 10:30–12:30」; () is unknown."""
    told = one.open
    if told.today is None:
        return ()
    if told.today == (("00:00", "24:00"),):
        return (say("全天", "all day"),)
    spans = [
        f"{_meal(say, start)} {start}–{end}" if "canteen" in one.kinds else f"{start}–{end}"
        for start, end in told.today
    ]
    if not spans:
        spans = [say("休息", "closed")]
    is_later = told.opens_at and not any(start == told.opens_at for start, _ in told.today)
    if is_later and told.opens_on:
        spans.append(say(f"{told.opens_on:%m-%d} {told.opens_at} 开",
                         f"opens {told.opens_on:%m-%d} {told.opens_at}"))  # fmt: skip
    return tuple(spans)


def _meal(say: Say, start: str) -> str:
    if start < "09:30":
        return say("早餐", "breakfast")
    return say("午餐", "lunch") if start < "14:30" else say("晚餐", "dinner")


def meals_told(say: Say, p: Card) -> list[str]:
    """Whether meals are served, by what is stored of it: the filter 「有餐食」 asks the same."""
    told = []
    if "canteen" in p.kinds:
        told += [say("有老年食堂", "has a canteen")] if p.kinds[0] != "canteen" else []
    elif any("餐" in one for one in p.services or ()):
        told.append(say("有助餐服务", "serves meals"))
    elif any("餐" in (one.includes or "") or "伙食" in (one.includes or "") for one in p.prices):
        told.append(say("价格含伙食", "meals are in the price"))
    number = p.meals_per_day
    if number is not None:
        told.append(say(f"每天 {count(number)} 份", f"{count(number)} a day"))
    elif "canteen" in p.kinds:
        told.append(say("每天几份未知", "how many a day is unknown"))
    return [say("，", ", ").join(told)] if told else []


def hour_lines(say: Say, hours: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Opening hours, days with the same hours joined: 「周一至周五 08:00–17:00」."""
    runs: list[tuple[str, str, str]] = []
    for day in DAYS:
        spans = [f"{start}–{end}" for start, end in hours.get(day) or []]
        told = say("、", ", ").join(spans) or say("休息", "closed")
        if runs and runs[-1][2] == told:
            runs[-1] = (runs[-1][0], day, told)
        else:
            runs.append((day, day, told))
    if len(runs) == 1:
        every = say("每天", "daily")
        if runs[0][2] == "00:00–24:00":
            return [say("每天全天", "day and night, every day")]
        return [f"{every} {runs[0][2]}"]
    return [f"{_days(say, first, last)} {told}" for first, last, told in runs]


def _days(say: Say, first: str, last: str) -> str:
    if first == last:
        return say(*DAYS[first])
    return say("至", "–").join((say(*DAYS[first]), say(*DAYS[last])))
