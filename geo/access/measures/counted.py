"""How are the measures of areas counted on a ground? Pure arrays, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.access.floating import floating_catchment, gini, mean_by_group
from geo.access.measures.seated import seated_nearest_first
from geo.access.measures.told import AreaMeasures, Measures, bare
from geo.access.pairs import reachable
from geo.access.radius.answer import MEASURED, AreaCoverage, answer, nearest_counting
from geo.access.radius.distance import Floats, Indices
from geo.access.radius.ground import Ground
from geo.access.radius.question import Question
from geo.settings import WalkSettings, read


def measure_ground(
    ground: Ground,
    question: Question,
    sites: Indices,
    stated: Floats,
    supply: str,
    method: str,
    stamp: int,
) -> Measures:
    """All measures on a ground; pure. stated: supply of each of `sites`, NaN = unknown."""
    settings = read(WalkSettings)
    cost = reachable(ground, question, sites)
    across, own = (
        answer(
            ground, question, stamp, nearest_counting(ground, question.kind, across_border=border)
        )
        for border in (True, False)
    )
    shown = across if question.across_border else own
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
    thin = _thinnest(ground, cost, people)
    disabled = _disabled(ground, settings.disabled_rate)
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
                thinnest_60=float(thin[number]) if np.isfinite(thin[number]) else None,
                own_60=apart.covered_60,
                gain_60=(both.covered_60 or 0) - (apart.covered_60 or 0),
            )
        if row.people_60 is not None:
            value, by = disabled[number]
            made = replace(made, disabled=value, disabled_by=by)
            made = _with_supply(made, ground, sites, stated, number)
        rows.append(made)
    spread = gini(found.access, people) if len(people) and has_any else float("nan")
    return Measures(
        shown.question, supply, method, tuple(rows), _total(rows, shown.total),
        None if np.isnan(spread) else spread, shown.facilities, int(np.isnan(stated).sum()),
        settings.disabled_rate, settings.disabled_rate_source, shown.sources, stamp,
        datetime.now(UTC),
    )  # fmt: skip


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
    for name in ("disabled", "served_2", "served_3", "seated_60", "supply", "supply_unknown",
                 "own_60", "gain_60"):  # fmt: skip
        values = [getattr(row, name) for row in measured]
        sums[name] = None if None in values else sum(values)
    by = {row.disabled_by for row in measured}
    thin = [row.thinnest_60 for row in measured if row.thinnest_60 is not None]
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
        thinnest_60=min(thin) if thin else None,
    )


def _per_area(ground: Ground, weights: Floats) -> Floats:
    count = len(ground.area_codes)
    return np.bincount(ground.cell_area, weights, minlength=count).astype(np.float64)


def _thinnest(ground: Ground, cost: csr_array, people: Floats) -> Floats:
    """For each area the fewest people in a catchment that reaches it; inf where none does."""
    pairs = cost.tocoo()
    demand = np.bincount(pairs.col, people[pairs.row], minlength=cost.shape[1])
    least = np.full(len(ground.area_codes), np.inf)
    told: NDArray[np.bool_] = people[pairs.row] > 0
    np.minimum.at(least, ground.cell_area[pairs.row[told]], demand[pairs.col[told]])
    return least


def _disabled(ground: Ground, rate: float | None) -> list[tuple[float | None, str | None]]:
    """Estimated disabled people of each area, and from what: its data, the set rate, or nothing."""
    counted = _per_area(ground, ground.disabled)  # NaN where a cell states none
    sixty = _per_area(ground, ground.people[:, 0])
    told: list[tuple[float | None, str | None]] = []
    for value, people in zip(counted, sixty, strict=True):
        if not np.isnan(value):
            told.append((float(value), "data"))
        else:
            told.append((None, None) if rate is None else (float(people * rate), "rate"))
    return told
