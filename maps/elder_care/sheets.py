"""What do the smaller pages show: one facility, some side by side, the form for a wrong entry?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.access.finder import QUESTIONS, WRONG, Card, Comparison
from geo.access.finder.comparing import Row
from maps.base import Page, template_named
from maps.elder_care.address import Address
from maps.elder_care.cards import CardTold, card_told
from maps.elder_care.listing import frame_of
from maps.elder_care.shown import Ground
from maps.elder_care.sketch import SMALL, Point, Sketch, sign_of, sketch_of
from maps.elder_care.words import UNKNOWN, Say

LONGEST = 300
"""Characters that a report may have."""


@dataclass(frozen=True, slots=True)
class CellTold:
    """One fact of one place; is_best where all of them state a number and this is the best."""

    lines: tuple[str, ...]
    is_unknown: bool
    is_best: bool
    link: str | None


@dataclass(frozen=True, slots=True)
class RowTold:
    """One fact of all places, side by side."""

    key: str
    name: str
    cells: tuple[CellTold, ...]


_FACT = {"access": "barrier", "open": "hours", "checked": "source", "price": "prices"}
"""Key of a compared row → code of the fact that says it in a card, where the two differ."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How a report fared: its number, or what was wrong with it; what had been written."""

    number: int | None = None
    problem: str = ""
    what: str = ""
    text: str = ""


def draw_facility(page: Page, here: Address, one: Card, ground: Ground, today: date) -> str:
    """Answer the page of one facility: all that is known of it, and where it is."""
    seen = replace(page, has_synthetic=one.is_synthetic)
    told = card_told(page.say, one, here, today=today, shows_kind=True)
    drawn = _sketch(page, here, [one], ground)
    return template_named("elder_care_facility.html.j2").render(
        **frame_of(seen, here, one.name), one=told, drawn=drawn, today=str(today)
    )


def draw_comparison(
    page: Page, here: Address, found: Comparison, ground: Ground, today: date
) -> str:
    """Answer two to four facilities side by side, with a small map and eight questions."""
    seen = replace(page, has_synthetic=found.has_synthetic)
    cards: Sequence[CardTold] = [
        card_told(page.say, one, here, today=today, shows_kind=True) for one in found.cards
    ]
    title = page.say(
        f"{'一二三四'[len(cards) - 1] if cards else ''}家比一比", f"{len(cards)} side by side"
    )
    title = title.replace("二家", "两家")
    return template_named("elder_care_compare.html.j2").render(
        **frame_of(seen, here, title), cards=cards, missing=found.missing,
        rows=[_row(page.say, row, cards) for row in found.rows], questions=QUESTIONS,
        drawn=_sketch(page, here, found.cards, ground), today=str(today),
        without={one.code: _without(here, found.cards, one.code) for one in cards},
    )  # fmt: skip


def draw_report(page: Page, here: Address, one: Card, sent: Sent) -> str:
    """Answer the form that tells the office of a wrong entry, or its thanks."""
    seen = replace(page, has_synthetic=one.is_synthetic)
    title = page.say("信息有误", "Something is wrong")
    return template_named("elder_care_report.html.j2").render(
        **frame_of(seen, here, title), one=one, sent=sent, wrong=WRONG, longest=LONGEST
    )


def _row(say: Say, row: Row, cards: Sequence[CardTold]) -> RowTold:
    """A compared row in the words of the cards, so that list and comparison never differ."""
    code = _FACT.get(row.key, row.key)
    name = say("距离", "Distance")
    cells = []
    for cell, one in zip(row.cells, cards, strict=True):
        fact = next((fact for fact in one.facts if fact.code == code), None)
        name = fact.name if fact else name
        lines = fact.lines if fact else ()
        if row.key == "distance":
            lines = tuple(part for part in (one.walk, one.way) if part)
        elif row.key in one.short:
            lines = one.short[row.key] or (lines if row.key == "price" else ())
        told = lines or (say(*UNKNOWN),)
        cells.append(CellTold(told, not lines, cell.is_best, fact.link if fact else None))
    return RowTold(row.key, name, tuple(cells))


def _sketch(page: Page, here: Address, cards: Sequence[Card], ground: Ground) -> Sketch | None:
    if not page.may_show_map:
        return None
    points = [Point(one.number, one.lon, one.lat, sign_of(one.kind)) for one in cards]
    return sketch_of(
        points, ground.areas, start=here.point, km=page.say("公里", "km"),
        metres=page.say("米", "m"), credit=ground.credit, size=SMALL,
    )  # fmt: skip


def _without(here: Address, cards: Sequence[Card], code: str) -> str | None:
    """The comparison without one of them, while two are left."""
    rest = [one.code for one in cards if one.code != code]
    return here.to("compare", codes=",".join(rest)) if len(rest) >= 2 else None
