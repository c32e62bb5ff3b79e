"""Which measures may leave, and how rounded?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.access.disclosure import publishable_count, publishable_part
from geo.access.measures.told import AreaMeasures, Measures

CROWD = 100
"""Access is published where it rests on so many times the base of people at least, and where `base`
people at one place hold no more than one part in so many of what it is made of."""


def publishable_measures(found: Measures, base: float) -> Measures:
    """The measures with publishable counts: the rule of coverage for each.

    Supply per head is told from published people. Access, Gini and the Lorenz curve are withheld
    where fewer than CROWD × base people stand behind them or where few of these hold much of the
    supply, and else rounded to two digits: no `base` people move them by more than a step.
    """
    if base == 0:
        return found
    total = _published(found.total, base)
    enough = _is_of_many(found.total, base)
    curve = found.lorenz if enough else None
    return replace(
        found,
        rows=tuple(_published(row, base) for row in found.rows),
        total=total,
        gini=round(found.gini, 2) if found.gini is not None and enough else None,
        lorenz=curve and tuple((people, round(share, 2)) for people, share in curve),
        rounded_to=base,
    )


def _published(row: AreaMeasures, base: float) -> AreaMeasures:
    whole = row.people_60
    shown: dict[str, Any] = {
        name: publishable_count(getattr(row, name), base)
        for name in ("people_60", "people_65", "people_80", "disabled")
    }
    for name in ("covered_60", "served_2", "served_3", "seated_60", "own_60"):
        shown[name] = publishable_part(whole, getattr(row, name), base)
    both = None
    if row.own_60 is not None and row.gain_60 is not None:
        both = publishable_part(whole, row.own_60 + row.gain_60, base)
    known = both is not None and shown["own_60"] is not None
    shown["gain_60"] = both - shown["own_60"] if known else None
    people = shown["people_60"]
    shown["per_thousand"] = (
        round(1000 * row.supply / people, 1) if row.supply is not None and people else None
    )
    is_told = row.access is not None and _is_of_many(row, base)
    shown["access"] = _two_digits(row.access) if is_told and row.access is not None else None
    shown["disabled_covered"] = publishable_part(row.disabled, row.disabled_covered, base)
    return replace(row, **shown, held_by_few=None)


def _is_of_many(row: AreaMeasures, base: float) -> bool:
    """Whether no `base` people weigh more than one part in CROWD in what an area is given."""
    return (row.people_60 or 0) >= CROWD * base and (row.held_by_few or 0) * CROWD <= 1


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
