"""Which places fit what someone looks for, nearest first, and what if one wish were dropped?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.access.finder.cards import Card, cards
from geo.access.finder.hours import Day, day_of
from geo.access.finder.question import Question
from geo.access.finder.ranking import (
    Ranked,
    Spot,
    counts_without,
    distances,
    rank,
    unknown_filters,
)
from geo.access.finder.start import StartTold
from geo.access.finder.walking import WalkingGrounds
from geo.access.finder.words import FILTERS, Words
from geo.access.walking.pace import speed_of
from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.validity import today_in_china

_WHY: dict[str, Words] = {
    "no_ways": ("此处没有步行路网，距离为直线。", "No walking network here: straight lines."),
    "several": (
        "此处有几个路网，未指定用哪个，距离为直线。",
        "Several road networks lie here: straight lines.",
    ),
    "start_far": (
        "出发点离已知的道路太远，距离为直线。",
        "The start lies too far from any known way: straight lines.",
    ),
    "busy": (
        "现在查询的人多，暂时只给直线距离。",
        "Many people are asking now: straight lines for the moment.",
    ),
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """What would be found without one of the filters."""

    filter: str
    zh: str
    en: str
    found: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where shown facts come from."""

    what: str
    source: str | None
    source_date: date | None
    is_synthetic: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the list that was asked for, with all that has to be said about it.

    found: how many fit; unknown: of how many it is not known. cards: the page of the asked part;
    unknown_cards: the first of the unknown ones beside the first page of what fits. dropped: only
    where nothing is found. measured_by: walk, line or None without a start.
    """

    question: Question
    sorted_by: str
    measured_by: str | None
    pace_m_s: float
    day: Day
    found: int
    unknown: int
    cards: tuple[Card, ...]
    unknown_cards: tuple[Card, ...]
    dropped: tuple[Dropped, ...]
    next_offset: int | None
    notes: tuple[Words, ...]
    sources: tuple[Source, ...]
    has_synthetic: bool
    generated_on: date
    start: StartTold | None = None

    @property
    def method(self) -> Words:
        """How the answer is made."""
        pace = f"{self.pace_m_s:g}"
        return (
            f"步行距离沿已存的道路计算（接路段按直线计入），步速 {pace} 米/秒；"
            "价格按最低价比较；某项未知的机构不算符合，也不丢掉，另列为「未知，请电话确认」。",
            f"Walking distances run along the stored ways at {pace} m/s; the lowest price is"
            " compared; what is unknown is neither counted as a yes nor dropped, but listed apart.",
        )


def find(session: Reader, asked: Question, grounds: WalkingGrounds | None = None) -> Answer:
    """The page of facilities that fit. grounds: None measures in straight lines.

    session: reads published rows. Raises NotFound for an unknown division.
    """
    ranked = rank(session, asked, grounds)
    spots = _with_reasons(session, asked, ranked.spots) if asked.part == "unknown" else ranked.spots
    shown = cards(session, asked, spots, asked.offset + 1)
    beside = cards(session, asked, _with_reasons(session, asked, ranked.beside), 1)
    dropped = () if ranked.found else tuple(_dropped(session, asked, grounds))
    last = asked.offset + asked.limit
    size = ranked.found if asked.part == "found" else ranked.unknown
    sources = _sources((*shown, *beside), ranked)
    return Answer(
        question=asked,
        sorted_by=asked.sorted_by,
        measured_by=ranked.measured_by,
        pace_m_s=speed_of("elder"),
        day=day_of(asked.moment.date()),
        found=ranked.found,
        unknown=ranked.unknown,
        cards=shown,
        unknown_cards=beside,
        dropped=dropped,
        next_offset=last if last < size else None,
        notes=tuple(_notes(asked, ranked)),
        sources=sources,
        has_synthetic=any(source.is_synthetic for source in sources),
        generated_on=today_in_china(),
    )


_IDS = text(
    "SELECT f.code, f.id FROM facility f"
    " WHERE f.code = ANY(:codes) AND f.validity @> CAST(:on AS date)"
)


def cards_of(
    session: Reader, codes: list[str], asked: Question, grounds: WalkingGrounds | None = None
) -> tuple[tuple[Card, ...], Ranked]:
    """The cards of facilities by code, in any state, in the given order; unknown ones are absent"""
    rows = session.execute(_IDS, {"codes": codes, "on": asked.moment.date()})
    ids = {row.code: row.id for row in rows}
    ranked = distances(session, asked, grounds, [ids[code] for code in codes if code in ids])
    return cards(session, asked, ranked.spots, 1), ranked


def one_card(
    session: Reader, code: str, asked: Question, grounds: WalkingGrounds | None = None
) -> Card:
    """One facility by code, in any state. Raises NotFound."""
    found, _ = cards_of(session, [code], asked, grounds)
    if not found:
        raise NotFound(
            both(f"没有编码为「{code[:60]}」的机构。", f"there is no facility {code[:60]!r}")
        )
    return found[0]


def _with_reasons(session: Reader, asked: Question, spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
    """The spots with the filters that are unknown for each."""
    flags = unknown_filters(session, asked, [spot.id for spot in spots])
    return tuple(
        spot if spot.unknown_for else replace(spot, unknown_for=tuple(flags.get(spot.id, ())))
        for spot in spots
    )


def _dropped(session: Reader, asked: Question, grounds: WalkingGrounds | None) -> list[Dropped]:
    """Each filter that is set, and what would be found without it; the most helpful first."""
    without = counts_without(session, asked, grounds)
    made = [
        Dropped(name, zh, en, *without[name])
        for name, (zh, en) in FILTERS.items()
        if name in without
    ]
    return sorted(made, key=lambda one: -one.found)


def _notes(asked: Question, ranked: Ranked) -> list[Words]:
    made = []
    if not asked.has_start:
        made.append(("请先告诉我们从哪里出发。", "Tell us first where you start from."))
        if asked.within_min is not None:
            made.append(
                ("有了出发点才能按步行时间筛选。", "Walking time needs a start: not applied yet.")
            )
    elif ranked.why:
        made.append(_WHY[ranked.why])
    if asked.open_now or asked.what != "home":
        note = day_of(asked.moment.date()).note
        made += [note] if note else []
    return made


def _sources(shown: tuple[Card, ...], ranked: Ranked) -> tuple[Source, ...]:
    """The sources of what is shown, those of most rows first."""
    rows: dict[tuple[Any, ...], int] = {}
    for card in shown:
        key = ("facilities", card.source, card.source_date, card.is_synthetic)
        rows[key] = rows.get(key, 0) + 1
    for source, day, made, count in ranked.roads:
        rows[("roads", source, day, made)] = count
    found = [
        Source(what, source, day, made, count) for (what, source, day, made), count in rows.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.what, -one.rows)))
