"""Which measures may leave, and how rounded?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.access.disclosure import publishable_count, publishable_part
from geo.access.measures.told import AreaMeasures, Measures

CROWD = 100
"""Supply per head is published where it rests on so many times the base of people at least."""


def publishable_measures(found: Measures, base: float) -> Measures:
    """The measures with publishable counts: the rule of coverage for each.

    Supply per head is told from published people. Access and Gini are withheld where fewer than
    CROWD × base people stand behind them, and else rounded to two digits: a step of 1 % is then of
    `base` people at least.
    """
    if base == 0:
        return found
    crowd = CROWD * base
    total = _published(found.total, base)
    enough = (found.total.people_60 or 0) >= crowd and (found.total.thinnest_60 or crowd) >= crowd
    return replace(
        found,
        rows=tuple(_published(row, base) for row in found.rows),
        total=total,
        gini=round(found.gini, 2) if found.gini is not None and enough else None,
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
    crowd = CROWD * base
    enough = (whole or 0) >= crowd and (row.thinnest_60 is None or row.thinnest_60 >= crowd)
    shown["access"] = _two_digits(row.access) if row.access is not None and enough else None
    return replace(row, **shown, thinnest_60=None)


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
