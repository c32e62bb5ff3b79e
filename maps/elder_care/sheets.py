"""What do the smaller pages show: one facility, some side by side, the form for a wrong entry?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.access.finder import QUESTIONS, WRONG, Card, Comparison
from maps.base import Page, template_named
from maps.elder_care.address import Address
from maps.elder_care.cards import card_told
from maps.elder_care.listing import frame_of
from maps.elder_care.shown import Ground
from maps.elder_care.sketch import SMALL, Point, Sketch, sign_of, sketch_of
from maps.elder_care.versus import column_of, rows_of, title_of

LONGEST = 300
"""Characters that a report may have."""


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
    is_rough = here.chosen.get("rough") == "true"
    told = card_told(page.say, one, here, today=today, shows_kind=True, is_rough=is_rough)
    drawn = _sketch(page, here, [one], ground)
    return template_named("elder_care_facility.html.j2").render(
        **frame_of(seen, here, one.name), one=told, drawn=drawn, today=str(today)
    )


def draw_comparison(
    page: Page, here: Address, found: Comparison, ground: Ground, today: date
) -> str:
    """Answer two to four facilities side by side, with a small map and eight questions."""
    seen = replace(page, has_synthetic=found.has_synthetic)
    columns = [
        column_of(
            page.say, one, card_told(page.say, one, here, today=today, shows_kind=True),
            is_rough=found.question.rough,
        )
        for one in found.cards
    ]  # fmt: skip
    title = title_of(page.say, len(columns))
    return template_named("elder_care_compare.html.j2").render(
        **frame_of(seen, here, title), columns=columns, missing=found.missing,
        rows=rows_of(page.say, columns), questions=QUESTIONS,
        drawn=_sketch(page, here, found.cards, ground, start=_start_of(found)), today=str(today),
        without={one.code: _without(here, found.cards, one.code) for one in columns},
    )  # fmt: skip


def draw_report(page: Page, here: Address, one: Card, sent: Sent) -> str:
    """Answer the form that tells the office of a wrong entry, or its thanks."""
    seen = replace(page, has_synthetic=one.is_synthetic)
    title = page.say("信息有误", "Something is wrong")
    return template_named("elder_care_report.html.j2").render(
        **frame_of(seen, here, title), one=one, sent=sent, wrong=WRONG, longest=LONGEST
    )


def _sketch(
    page: Page, here: Address, cards: Sequence[Card], ground: Ground,
    start: tuple[float, float] | None = None,
) -> Sketch | None:  # fmt: skip
    if not page.may_show_map:
        return None
    points = [Point(one.number, one.lon, one.lat, sign_of(one.kind)) for one in cards]
    return sketch_of(
        points, ground.areas, start=start or here.point, km=page.say("公里", "km"),
        metres=page.say("米", "m"), credit=ground.credit, size=SMALL,
    )  # fmt: skip


def _start_of(found: Comparison) -> tuple[float, float] | None:
    """Where distances are measured from: as given, or as what was typed was understood."""
    asked = found.question
    return None if asked.lon is None or asked.lat is None else (asked.lon, asked.lat)


def _without(here: Address, cards: Sequence[Card], code: str) -> str | None:
    """The comparison without one of them, while two are left."""
    rest = [one.code for one in cards if one.code != code]
    return here.to("compare", codes=",".join(rest)) if len(rest) >= 2 else None
