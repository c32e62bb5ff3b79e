"""What does a comparison say of each place, row by row?

A column holds all of one place. The list sends the columns of its places along, so that a reader
whose network is gone sees what the service would have told: the same rows, words and order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.access.finder import Card, Measured, leading, measured
from maps.elder_care.cards import CardTold
from maps.elder_care.facts import Fact, is_home, kind_names
from maps.elder_care.words import UNKNOWN, Say

ROWS: Mapping[str, tuple[str, str]] = {
    "distance": ("距离", "Distance"), "phone": ("电话", "Phone"), "beds": ("空床", "Free beds"),
    "price": ("价格", "Price"), "care": ("接收", "Takes in"), "medical": ("医疗", "Medical"),
    "rating": ("等级", "Rating"), "fire": ("消防", "Fire"), "access": ("无障碍", "Step-free"),
    "open": ("时间", "Hours"), "services": ("服务", "Services"), "nature": ("性质", "Run by"),
    "filing": ("备案", "Filing"), "address": ("地址", "Address"), "checked": ("来源", "Source"),
}  # fmt: skip
"""What is compared, in the order of the comparison, and how a row is called."""

_FACT = {"access": "barrier", "open": "hours", "checked": "source"}
"""Row → code of the fact that says it, where the two differ."""
_SHORT = ("beds", "price", "rating", "fire")
"""Rows that are told as shortly as on a card."""
_PER = {"month": ("每月", "Monthly"), "meal": ("每餐", "A meal"), "day": ("每天", "A day")}
_LEADS = {
    "distance": ("最近", "nearest"), "beds": ("空床最多", "most"), "price": ("起价最低", "lowest"),
}  # fmt: skip
"""Row of numbers → how the one that leads is called: what it is, not that it is good."""
DOES_NOT_APPLY = ("不适用", "does not apply")


@dataclass(frozen=True, slots=True)
class CellTold:
    """One fact of one place.

    state: known, warning, unknown, or none where it does not apply to the kind of place.
    """

    lines: tuple[str, ...]
    state: str = "known"
    link: str | None = None
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One place: its head, and a cell for every row, in their order."""

    code: str
    name: str
    kinds: str
    href: str
    colour: str
    is_synthetic: bool
    cells: tuple[CellTold, ...]


@dataclass(frozen=True, slots=True)
class RowTold:
    """One fact of all places, side by side; leads: which of them is named by `lead`."""

    key: str
    name: str
    lead: str
    cells: tuple[tuple[CellTold, bool], ...]


def title_of(say: Say, places: int) -> str:
    """「三家比一比」."""
    number = {1: "一", 2: "两", 3: "三", 4: "四"}.get(places, str(places))
    return say(f"{number}家比一比", f"{places} side by side")


def column_of(say: Say, card: Card, one: CardTold, *, is_rough: bool = False) -> Column:
    """All that a comparison tells of a place, in the words of its card.

    is_rough: the start stands for an area, so that nobody is called the nearest.
    """
    facts = {fact.code: fact for fact in one.facts}
    cells = tuple(_cell(say, key, card, one, facts) for key in ROWS)
    if is_rough:
        cells = (replace(cells[0], measured=None), *cells[1:])
    return Column(
        one.code,
        one.name,
        kind_names(say, card),
        one.href,
        one.sign.colour,
        one.is_synthetic,
        cells,
    )


def rows_of(say: Say, columns: Sequence[Column]) -> tuple[RowTold, ...]:
    """The rows that say something of at least one of the places."""
    made = []
    for at, (key, name) in enumerate(ROWS.items()):
        cells = [column.cells[at] for column in columns]
        if all(cell.state == "none" for cell in cells):
            continue
        leads = leading([cell.measured for cell in cells])
        lead = say(*_LEADS.get(key, ("", "")))
        made.append(RowTold(key, say(*name), lead, tuple(zip(cells, leads, strict=True))))
    return tuple(made)


def sent(say: Say, columns: Sequence[Column]) -> dict[str, Any]:
    """The columns of a list, as its scripts get them: the words are all here."""
    return {
        "rows": [(key, say(*name), say(*_LEADS.get(key, ("", "")))) for key, name in ROWS.items()],
        "titles": {str(n): title_of(say, n) for n in (2, 3, 4)},
        "columns": {
            one.code: {
                "name": one.name, "kinds": one.kinds, "href": one.href, "colour": one.colour,
                "synthetic": one.is_synthetic, "cells": [_sent(cell) for cell in one.cells],
            }
            for one in columns
        },
    }  # fmt: skip


def _sent(cell: CellTold) -> list[Any]:
    """A cell without what it lacks: lines, state, link, number, what the number is of."""
    number = cell.measured
    told = [cell.lines, cell.state, cell.link, *((number.amount, number.of) if number else ())]
    return told if number or cell.link else told[: 1 if cell.state == "known" else 2]


def _cell(say: Say, key: str, card: Card, one: CardTold, facts: Mapping[str, Fact]) -> CellTold:
    """One fact, as the card says it; 未知 where nothing is known of it."""
    if (key == "distance" and card.line_m is None) or (
        key in ("beds", "care") and not is_home(card)
    ):
        return CellTold((say(*DOES_NOT_APPLY),), "none")
    fact = facts.get(_FACT.get(key, key))
    if key == "distance":
        lines = tuple(part for part in (one.walk, one.way) if part)
    elif key in _SHORT:
        lines = one.short[key]
    else:
        lines = fact.lines if fact else ()
    if key == "price" and lines and card.price and card.price.unit in _PER:
        lines = (f"{say(*_PER[card.price.unit])} {lines[0]}", *lines[1:])
    if not lines:
        return CellTold((say(*UNKNOWN),), "unknown")
    state = "warning" if fact and fact.is_warning else "known"
    return CellTold(lines, state, fact.link if fact else None, measured(card, key))
