"""How are the measures of areas counted on a ground? Pure arrays, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.access.floating import (
    FloatingCatchment,
    floating_catchment,
    gini,
    lorenz,
    mean_by_group,
)
from geo.access.measures.seated import seated_nearest_first
from geo.access.measures.told import FEW, AreaMeasures, Measures, bare
from geo.access.pairs import reachable
from geo.access.radius.answer import MEASURED, AreaCoverage, answer, nearest_counting
from geo.access.radius.distance import Floats, Indices
from geo.access.radius.ground import Ground
from geo.access.radius.question import Question
from geo.settings import WalkSettings, read

STEPS = 20
"""Points of a Lorenz curve, at most: every 5 % of the people."""


def measure_ground(
    ground: Ground,
    question: Question,
    sites: Indices,
    stated: Floats,
    supply: str,
    method: str,
    stamp: int,
    few: float = FEW,
) -> Measures:
    """All measures on a ground; pure. stated: supply of each of `sites`, NaN = unknown."""
    settings = read(WalkSettings)
    cost = reachable(ground, question, sites)
    nearest = {
        border: nearest_counting(ground, question.kind, across_border=border)
        for border in (True, False)
    }
    across, own = (answer(ground, question, stamp, nearest[border]) for border in (True, False))
    shown = across if question.across_border else own
    is_covered = nearest[question.across_border] <= question.radius_m
    people = ground.people[:, 0]
    known = np.nan_to_num(stated)
    found = floating_catchment(known, people, cost, radius=question.radius_m, method=method)
    served = np.diff(cost.indptr)
    has_any = not len(sites) or bool(np.isfinite(stated).any())
    seated = seated_nearest_first(cost, people, known)
    sums = {
        "served_2": _per_area(ground, people * (served >= 2)),
        "served_3": _per_area(ground, people * (served >= 3)),
        "seated_60": _per_area(ground, seated) if has_any else None,
    }
    count = len(ground.area_codes)
    means = mean_by_group(found.access, people, ground.cell_area, count) * 1000
    held, held_of_all = _held_by_few(ground, cost, found, known, people, few)
    disabled = _disabled(ground, is_covered, settings.disabled_rate)
    rows = []
    for number, (row, apart, both) in enumerate(
        zip(shown.rows, own.rows, across.rows, strict=True)
    ):
        made = bare(row)
        if row.status == MEASURED:
            counts: dict[str, Any] = {
                name: None if each is None else float(each[number]) for name, each in sums.items()
            }
            made = replace(
                made,
                **counts,
                access=float(means[number]) if has_any and np.isfinite(means[number]) else None,
                held_by_few=float(held[number]),
                own_60=apart.covered_60,
                gain_60=(both.covered_60 or 0) - (apart.covered_60 or 0),
            )
        if row.people_60 is not None:
            value, reached, by = disabled[number]
            made = replace(
                made, disabled=value, disabled_by=by,
                disabled_covered=reached if row.status == MEASURED else None,
            )  # fmt: skip
            made = _with_supply(made, ground, sites, stated, number)
        rows.append(made)
    spread = gini(found.access, people) if len(people) and has_any else float("nan")
    total = replace(_total(rows, shown.total), held_by_few=held_of_all)
    return Measures(
        shown.question, supply, method, tuple(rows), total,
        None if np.isnan(spread) else spread,
        None if np.isnan(spread) else steps_of_lorenz(found.access, people, few),
        shown.facilities, int(np.isnan(stated).sum()),
        settings.disabled_rate, settings.disabled_rate_source, shown.sources, stamp,
        datetime.now(UTC), few,
    )  # fmt: skip


def steps_of_lorenz(
    access: Floats, people: Floats, few: float
) -> tuple[tuple[float, float], ...] | None:
    """The Lorenz curve at equal steps of people, least served first; None for fewer than two steps.

    At most STEPS of them, each of 10 × `few` people at least. A step begins and ends wherever its
    people are reached, inside a cell too, so that no point stands for a cell.
    """
    steps = min(STEPS, int(people.sum() // (10 * few)))
    if steps < 2:
        return None
    curve = lorenz(access, people)
    at = np.arange(steps + 1) / steps
    share = np.interp(at, curve.people, curve.share)
    return tuple(zip(at.tolist(), share.tolist(), strict=True))


def _with_supply(
    row: AreaMeasures, ground: Ground, sites: Indices, stated: Floats, number: int
) -> AreaMeasures:
    """What the facilities inside the area offer."""
    inside = np.array([number in ground.sites[i].homes for i in sites], dtype=bool)
    own = stated[inside]
    unknown = int(np.isnan(own).sum())
    total = None if len(own) and unknown == len(own) else float(np.nansum(own))
    per = 1000 * total / row.people_60 if total is not None and row.people_60 else None
    return replace(row, supply=total, supply_unknown=unknown, per_thousand=per)


def _total(rows: list[AreaMeasures], total: AreaCoverage) -> AreaMeasures:
    """Sums over measured areas; mean access of everybody."""
    measured = [row for row in rows if row.status == MEASURED]
    made = bare(total)
    if not measured:
        return made
    sums: dict[str, Any] = {}
    for name in ("disabled", "disabled_covered", "served_2", "served_3", "seated_60", "supply",
                 "supply_unknown", "own_60", "gain_60"):  # fmt: skip
        values = [getattr(row, name) for row in measured]
        sums[name] = None if None in values else sum(values)
    by = {row.disabled_by for row in measured}
    everybody = sum(row.people_60 or 0 for row in measured)
    weighed = sum((row.access or 0) * (row.people_60 or 0) for row in measured)
    known = everybody and all(row.access is not None or not row.people_60 for row in measured)
    return replace(
        made,
        **sums,
        disabled_by=by.pop() if len(by) == 1 else "mixed",
        per_thousand=1000 * sums["supply"] / everybody
        if sums["supply"] is not None and everybody
        else None,
        access=weighed / everybody if known else None,
    )


def _per_area(ground: Ground, weights: Floats) -> Floats:
    count = len(ground.area_codes)
    return np.bincount(ground.cell_area, weights, minlength=count).astype(np.float64)


def _held_by_few(
    ground: Ground, cost: csr_array, found: FloatingCatchment, room: Floats, people: Floats,
    few: float,
) -> tuple[Floats, float]:  # fmt: skip
    """The largest share of an area's supply, and of all, that `few` people at one place hold.

    Of a facility they hold `few` × its supply per head, and never more than it has.
    """
    pairs = cost.tocoo()
    most = np.minimum(room, few * found.ratio)
    held = np.bincount(pairs.row, most[pairs.col], minlength=len(people))
    largest = np.zeros(len(ground.area_codes))
    np.maximum.at(largest, ground.cell_area, held)
    whole = _per_area(ground, found.access * people)
    shares = np.divide(largest, whole, out=np.zeros_like(whole), where=whole > 0)
    everything = float(whole.sum())
    return shares, float(held.max(initial=0) / everything) if everything else 0.0


def _disabled(
    ground: Ground, is_covered: NDArray[np.bool_], rate: float | None
) -> list[tuple[float | None, float | None, str | None]]:
    """Estimated disabled people of each area, those within reach, and from what.

    From its data, by the set rate, or nothing.
    """
    counted = _per_area(ground, ground.disabled)  # NaN where a cell states none
    reached = _per_area(ground, np.where(is_covered, ground.disabled, 0))
    sixty = _per_area(ground, ground.people[:, 0])
    sixty_reached = _per_area(ground, ground.people[:, 0] * is_covered)
    told: list[tuple[float | None, float | None, str | None]] = []
    for number, value in enumerate(counted):
        if not np.isnan(value):
            told.append((float(value), float(reached[number]), "data"))
        elif rate is None:
            told.append((None, None, None))
        else:
            told.append((float(sixty[number] * rate), float(sixty_reached[number] * rate), "rate"))
    return told
