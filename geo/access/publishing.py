"""What of a coverage and its gaps may leave the house? One rule for the service and saved pages."""

from __future__ import annotations

from dataclasses import replace

from geo.access.disclosure import publishable_area, publishable_count
from geo.access.gaps import in_order
from geo.access.radius.answer import Coverage
from geo.access.radius.gap import Gap, Gaps
from geo.access.radius.ground import Unplaced

NEAREST_DIGITS = -2
"""Mean distances are published in hundreds of metres: finer ones tell how few people they are of"""


def publishable_coverage(found: Coverage, base: float) -> Coverage:
    """The coverage with publishable counts: of areas, of their total, of people outside them."""
    if base == 0:
        return found
    return replace(
        found,
        rows=tuple(publishable_area(row, base) for row in found.rows),
        total=publishable_area(found.total, base),
        unplaced=found.unplaced and _unplaced(found.unplaced, base),
        rounded_to=base,
    )


def publishable_gaps(
    found: Gaps, base: float, *, order: str = "people", limit: int | None = None
) -> Gaps:
    """The gaps with publishable counts, and their coverage likewise; the first `limit` of them.

    found: all gaps of the question. They are ranked by what is published: an order by exact counts
    would tell more than the counts do.
    """
    coverage = publishable_coverage(found.coverage, base)
    shown = tuple(_gap(gap, base) for gap in found.gaps) if base else found.gaps
    return in_order(replace(found, coverage=coverage, gaps=shown), order, limit)


def _gap(gap: Gap, base: float) -> Gap:
    """A gap with publishable counts; a mean distance of few people would tell where they live."""
    people_60 = publishable_count(gap.people_60, base)
    is_told = people_60 is not None and gap.nearest_m is not None
    return replace(
        gap,
        people_60=people_60,
        people_65=publishable_count(gap.people_65, base),
        people_80=publishable_count(gap.people_80, base),
        nearest_m=round(gap.nearest_m or 0, NEAREST_DIGITS) if is_told else None,
    )


def _unplaced(people: Unplaced, base: float) -> Unplaced:
    return replace(
        people,
        people_60=publishable_count(people.people_60, base),
        people_65=publishable_count(people.people_65, base),
        people_80=publishable_count(people.people_80, base),
    )
