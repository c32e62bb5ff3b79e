"""What of a coverage and its gaps may leave the house? One rule for the service and saved pages."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from geo.access.disclosure import suppress_coverage, suppress_small
from geo.access.radius.answer import Coverage
from geo.access.radius.gap import Gap, Gaps


def publishable_coverage(found: Coverage, threshold: float) -> Coverage:
    """The coverage without small counts: of areas, of their total, of people outside them.

    A total that would give away the only hidden count of its column is hidden with it.
    """
    shown = suppress_coverage(found.rows, threshold)
    (total,) = suppress_coverage([found.total], threshold, has_total=False).rows
    gone: dict[str, Any] = dict.fromkeys(shown.totals)
    unplaced = found.unplaced
    if unplaced is not None:
        (unplaced,) = suppress_small([unplaced], threshold, has_total=False).rows
    return replace(found, rows=shown.rows, total=replace(total, **gone), unplaced=unplaced)


def publishable_gaps(found: Gaps, threshold: float) -> Gaps:
    """The gaps without small counts, in their order, with their coverage likewise.

    Each area by itself, and before any limit: an area's uncovered people are published as a sum,
    from which its one hidden gap could otherwise be worked out.
    """
    by_area = sorted(found.gaps, key=lambda gap: (gap.area_code, gap.rank))
    shown: list[Gap] = []
    for _, of_one_area in groupby(by_area, key=lambda gap: gap.area_code):
        shown += suppress_small(list(of_one_area), threshold).rows
    return replace(
        found,
        coverage=publishable_coverage(found.coverage, threshold),
        gaps=tuple(sorted(shown, key=lambda gap: gap.rank)),
    )
