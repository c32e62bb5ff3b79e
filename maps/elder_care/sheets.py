"""What do the smaller pages show: one facility, some side by side, the form for a wrong entry?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.access.finder import QUESTIONS, WRONG, Card, Comparison
from maps.base import Page, template_named
from maps.elder_care.address import Address
from maps.elder_care.cards import CardTold, card_told
from maps.elder_care.listing import Ground, frame_of
from maps.elder_care.sketch import Point, Sketch, sign_of, sketch_of

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
    title = page.say(f"{'一二三四'[len(cards) - 1] if cards else ''}家比一比", f"{len(cards)} side by side")
    title = title.replace("二家", "两家")
    return template_named("elder_care_compare.html.j2").render(
        **frame_of(seen, here, title), cards=cards, rows=found.rows, missing=found.missing,
        questions=QUESTIONS, drawn=_sketch(page, here, found.cards, ground), today=str(today),
        without={one.code: _without(here, found.cards, one.code) for one in cards},
    )  # fmt: skip


def draw_report(page: Page, here: Address, one: Card, sent: Sent) -> str:
    """Answer the form that tells the office of a wrong entry, or its thanks."""
    seen = replace(page, has_synthetic=one.is_synthetic)
    title = page.say("信息有误", "Something is wrong")
    return template_named("elder_care_report.html.j2").render(
        **frame_of(seen, here, title), one=one, sent=sent, wrong=WRONG, longest=LONGEST
    )


def _sketch(page: Page, here: Address, cards: Sequence[Card], ground: Ground) -> Sketch | None:
    if not page.may_show_map:
        return None
    points = [Point(one.number, one.lon, one.lat, sign_of(one.kind)) for one in cards]
    return sketch_of(
        points, ground.areas, start=here.point, km=page.say("公里", "km"),
        metres=page.say("米", "m"), credit=ground.credit,
    )  # fmt: skip


def _without(here: Address, cards: Sequence[Card], code: str) -> str | None:
    """The comparison without one of them, while two are left."""
    rest = [one.code for one in cards if one.code != code]
    return here.to("compare", codes=",".join(rest)) if len(rest) >= 2 else None
