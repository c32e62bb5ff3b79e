"""How does one place look on a page of its own: to be read, printed and cited?

Plain HTML from a template that escapes every text; no script, no map, no other host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.gazetteer.exchange.record import PlaceRecord, Years
from geo.gazetteer.history import Card, LifeLine
from geo.gazetteer.life import Period
from geo.gazetteer.matching import KINDS, PAST_KINDS
from geo.gazetteer.search import FEATURE_CLASSES
from maps.base import Lang, template_named

OLD_TRANSLATION = ("旧译", "old translation")
QUALITIES = {
    "surveyed": ("实测位置", "surveyed"), "point": ("点位已知", "known point"),
    "approximate": ("位置近似", "approximate"), "township": ("仅知所在乡镇", "township only"),
    "district": ("仅知所在区县", "district only"), "city": ("仅知所在城市", "city only"),
    "unknown": ("位置未知", "unknown"),
}  # fmt: skip
TEXTS = {
    "origin": ("来历", "Origin"), "meaning": ("含义", "Meaning"), "history": ("沿革", "History"),
    "government_history": ("政区沿革", "Administrative history"),
    "description": ("说明", "Description"),
}  # fmt: skip
MEDIA = {
    "image": ("图片", "picture"), "audio": ("录音", "recording"), "video": ("影像", "film"),
    "document": ("文档", "document"),
}  # fmt: skip
_CHINESE = ("zh", "und", "bo", "ug", "mn", "ii", "za", "kk", "ko")
"""Languages whose names are names of the place; one in another language is an old translation."""
_CLASSES_EN = {
    "A": "division", "H": "water", "L": "area", "P": "settlement", "R": "road", "S": "site",
    "T": "terrain",
}  # fmt: skip


def draw_place(
    card: Card,
    place: PlaceRecord,
    life: LifeLine,
    address: str,
    *,
    lang: Lang,
    on: date,
    approval_number: str = "",
    root_path: str = "",
) -> str:
    """Answer the page of a place; `address` is its stable identifier, which the page cites."""

    def t(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    class_words = (FEATURE_CLASSES.get(card.feature_class, ""), _CLASSES_EN.get(card.feature_class))
    return template_named("place.html.j2").render(
        t=t, lang=lang, card=card, place=place, life=life, address=address, on=on.isoformat(),
        approval_number=approval_number, root_path=root_path,
        years=lambda span: years_in_words(span, lang, lasts=True),
        used=lambda one: years_in_words(one.years, lang, lasts=one.kind not in PAST_KINDS),
        kind=lambda one: t(*kind_of(one)),
        quality=t(*QUALITIES[card.position_quality]), feature_class=t(*map(str, class_words)),
        texts=[(t(*TEXTS[one.kind]), one) for one in life.texts],
        own=lambda text: own_half(text, lang), media=lambda one: t(*MEDIA[one.kind]),
        is_address=lambda code: code.startswith(("https://", "http://")),
        bars=bars_of(life.periods, on.year),
    )  # fmt: skip


def draw_preview(card: Card, base: str) -> str:
    """Answer the small page that a reconciliation client frames."""
    others = [name.name for name in card.names if name.name != card.name][:6]
    return template_named("place_preview.html.j2").render(
        card=card, address=base + card.code, others=others,
        feature_class=FEATURE_CLASSES.get(card.feature_class, ""),
    )  # fmt: skip


def kind_of(name: Any) -> tuple[str, str]:
    """The kind of a name in both languages; a foreign name is told as an old translation."""
    if name.language.split("-")[0] not in _CHINESE:
        return OLD_TRANSLATION
    return KINDS[name.kind]


@dataclass(frozen=True)
class Bar:
    """Where a name lies on the time line, in per cent; an open end is a bound nobody knows."""

    left: float
    width: float
    has_start: bool
    has_end: bool


def bars_of(periods: Sequence[Period], this_year: int) -> list[Bar | None]:
    """Answer the bar of each name on one scale, None for a name of unknown years.

    A name in use lasts until this year; an old one of unknown end is left open.
    """
    spans = [_span(one, this_year) for one in periods]
    known = [year for span in spans if span for year in span if year is not None]
    if not known or min(known) >= this_year:
        return [None] * len(spans)
    oldest, last = min(known), max(this_year, *known)
    is_open = any(span is not None and span[0] is None for span in spans)
    first = oldest - max(5, (last - oldest) // 8) if is_open else oldest

    def bar(span: tuple[int | None, int | None]) -> Bar:
        start = first if span[0] is None else span[0]
        end = last if span[1] is None else span[1]
        scale = 100 / (last - first)
        width = max((end - start) * scale, 1.0)
        left = min((start - first) * scale, 99.0)
        return Bar(round(left, 2), round(width, 2), span[0] is not None, span[1] is not None)

    return [None if span is None else bar(span) for span in spans]


def _span(one: Period, this_year: int) -> tuple[int | None, int | None] | None:
    years = one.years
    start = years.start_latest if years.start_earliest is None else years.start_earliest
    end = years.end_earliest if years.end_latest is None else years.end_latest
    if start is None and end is None:
        return None
    if end is None and one.kind not in PAST_KINDS:
        end = this_year
    return start, end


def own_half(text: str | None, lang: Lang) -> str:
    """The reader's half of a text that says the same in both languages, parted by ` · `."""
    halves = (text or "").split(" · ")
    if len(halves) == 2 and not halves[0].isascii() and halves[1].isascii():
        return halves[0] if lang == "zh" else halves[1]
    return text or ""


def years_in_words(years: Years, lang: Lang, *, lasts: bool = False) -> str:
    """Years as a reader writes them: 公元前202年—304年; unknown ones say so.

    `lasts`: without an end it is in use, not of an unknown end: 2002年起.
    """
    start = _bound(years.start_earliest, years.start_latest, lang)
    end = _bound(years.end_earliest, years.end_latest, lang)
    if start is None and end is None:
        return "年代未知" if lang == "zh" else "years unknown"
    if end is None and lasts:
        return f"{start}起" if lang == "zh" else f"since {start}"
    unknown = "未知" if lang == "zh" else "unknown"
    return f"{start or unknown}—{end or unknown}"


def _bound(earliest: int | None, latest: int | None, lang: Lang) -> str | None:
    if earliest is None and latest is None:
        return None
    if earliest == latest or latest is None or earliest is None:
        one = earliest if earliest is not None else latest
        assert one is not None, "one of the two is known"
        written = _year(one, lang)
        if earliest == latest:
            return written
        before = latest is not None
        if lang == "zh":
            return f"不晚于{written}" if before else f"不早于{written}"
        return f"by {written}" if before else f"not before {written}"
    between = "至" if lang == "zh" else "to"
    return f"{_year(earliest, lang)}{between}{_year(latest, lang)}"


def _year(year: int, lang: Lang) -> str:
    """An astronomical year as historians count: 0 is 1 BCE."""
    if year > 0:
        return f"{year}年" if lang == "zh" else str(year)
    return f"公元前{1 - year}年" if lang == "zh" else f"{1 - year} BCE"
