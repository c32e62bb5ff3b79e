"""Which counts of people may be published, so that no small group can be worked out from any?

Every published count is a multiple of the base (10): counts above 0 and below it are withheld, all
others are rounded. The rule looks at one number only, never at what stands beside it. So the same
number is published whatever is asked together with it, and the difference of any two published
counts (districts and their zones, two radii, with and without facilities across a border, covered
people and gaps) is again a multiple of the base, which a group of two and a group of twelve may
leave behind alike. See docs/decisions/007-small-counts.md.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Any

from geo.access.radius.answer import AGES, AreaCoverage
from geo.errors import BadInput


def publishable_count(value: float | None, base: float) -> float | None:
    """A count of people as it may be published: 0, None (withheld) or a multiple of `base`.

    None is unknown and stays. base 0 changes nothing. Raises BadInput for a negative base.
    """
    if base < 0:
        raise BadInput(f"threshold must be 0 or more, not {base}", parameter="threshold")
    if value is None or base == 0:
        return value
    return None if is_small(value, base) else float(base * floor(value / base + 0.5))


def is_small(value: float, base: float) -> bool:
    """Whether a count is of somebody, but of too few to be published."""
    return 0 < value < base


def publishable_area(row: AreaCoverage, base: float) -> AreaCoverage:
    """An area whose people and covered people may be published, by age.

    Covered people are withheld with the people they are part of, and where those who are not
    covered are few: 997 of 1 000 would else be published as everybody. What is shown of both is
    therefore never further apart than it says: a share of 100 % means that nobody is left out.
    """
    shown: dict[str, Any] = {}
    for age in AGES:
        people, covered = getattr(row, f"people_{age}"), getattr(row, f"covered_{age}")
        shown[f"people_{age}"] = publishable_count(people, base)
        shown[f"covered_{age}"] = publishable_part(people, covered, base)
    for name in ("too_far_60", "island_60"):
        shown[name] = publishable_part(row.people_60, getattr(row, name), base)
    return replace(row, **shown)


def publishable_part(whole: float | None, part: float | None, base: float) -> float | None:
    """A part of a count of people: withheld also where the whole is, or where the rest is small."""
    if base == 0:
        return part
    shown = publishable_count(part, base)
    if whole is None or shown is None or publishable_count(whole, base) is None:
        return None
    return None if is_small(whole - (part or 0), base) else shown
