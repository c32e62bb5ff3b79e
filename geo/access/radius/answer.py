"""What follows from the ground for a question? Pure counting on arrays, no database.

covered(area) = Σ people(cell) over cells of the area with min distance(cell, facility) ≤ r
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.access.radius.ground import Floats, Ground, Source, Unplaced
from geo.access.radius.question import Question, rule_in_words
from geo.models.kinds import kinds_of

AGES = ("60", "65", "80")

MEASURED = "measured"
NO_GEOMETRY = "no_geometry"
NO_CELLS = "no_cells"
NO_RECORD = "no_record"
NO_NETWORK = "no_network"
PARTIAL = "partial"
STATUS_ZH = {
    MEASURED: "已计算",
    NO_GEOMETRY: "无边界，未知",
    NO_CELLS: "无人口数据，未知",
    NO_RECORD: "当日尚无记录，未知",
    NO_NETWORK: "无路网，步行覆盖未知",
    PARTIAL: "部分未知",
}


@dataclass(frozen=True, slots=True)
class AreaCoverage:
    """People of one area and those covered, by age; None is unknown, never 0.

    status: measured; no_geometry, no_cells or no_record (on that day nothing was on record yet)
    where nothing can be said; no_network where walks were asked and no way enters the area (its
    people are known, who is covered is not); for a total also partial, when some of its areas are
    unknown. measured_by: line or walk, of a total also mixed. too_far_60: people farther from any
    way than the snap limit; island_60: not covered, on ways apart from the main network; both are
    None where nothing was measured on foot.
    """

    area_code: str
    area_name: str
    status: str
    people_60: float | None = None
    people_65: float | None = None
    people_80: float | None = None
    covered_60: float | None = None
    covered_65: float | None = None
    covered_80: float | None = None
    measured_by: str | None = None
    too_far_60: float | None = None
    island_60: float | None = None

    @property
    def share_60(self) -> float | None:
        """Covered share of the people aged 60 and over; None without people."""
        return _share(self.covered_60, self.people_60)

    @property
    def share_65(self) -> float | None:
        """Covered share of the people aged 65 and over."""
        return _share(self.covered_65, self.people_65)

    @property
    def share_80(self) -> float | None:
        """Covered share of the people aged 80 and over."""
        return _share(self.covered_80, self.people_80)


@dataclass(frozen=True, slots=True)
class Beside:
    """A facility that nobody, or only some, can walk to; why: too_far from any way, or island.

    beside_m: metres from the nearest way.
    """

    code: str
    name: str
    why: str
    beside_m: float | None


@dataclass(frozen=True, slots=True)
class OnFoot:
    """What walking rests on, and whom it leaves out; nobody is hidden.

    network: None where no ways are stored. snap_limit_m: how far beside a way a place may be.
    too_far: cells beyond it; island: those that are not covered and stand on ways apart from the
    main part of the network that was read. facilities: those too far or on such ways.
    """

    network: str | None
    snap_limit_m: float
    too_far_cells: int
    island_cells: int
    facilities: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer to a question: its areas by code, their total, and what it rests on.

    unplaced: people of the city whom no area holds (not in the total). facilities: how many
    counted; None where unknown. stamp: state of the data (see `geo.access.radius.stored`).
    is_stored: read, not computed now. rounded_to: published counts are multiples of it. on_foot:
    what a walking question rests on.
    """

    question: Question
    rows: tuple[AreaCoverage, ...]
    total: AreaCoverage
    unplaced: Unplaced | None
    facilities: int | None
    sources: tuple[Source, ...]
    stamp: int
    computed_at: datetime
    is_stored: bool = False
    rounded_to: float | None = None
    on_foot: OnFoot | None = None

    @property
    def has_synthetic(self) -> bool:
        """Some of the people or facilities are made up for demonstration."""
        return any(source.is_synthetic for source in self.sources)

    @property
    def method(self) -> str:
        """The rule in Chinese."""
        return rule_in_words(self.question, "zh") + self._rounding("zh")

    @property
    def method_en(self) -> str:
        """The rule in English."""
        return rule_in_words(self.question, "en") + self._rounding("en")

    def _rounding(self, lang: str) -> str:
        """What was done to the counts before they were published."""
        if self.rounded_to is None:
            return ""
        if lang == "zh":
            return (
                f"人数取整到 {self.rounded_to:g}，不足 {self.rounded_to:g} 人的不公布，"
                "合计与分项之和可能略有出入。"
            )
        return (
            f" Counts are rounded to {self.rounded_to:g}, smaller ones are withheld; sums may "
            "therefore differ a little from totals."
        )


def answer(
    ground: Ground, question: Question, stamp: int, nearest_m: Floats | None = None
) -> Coverage:
    """The coverage that a ground gives for a question on it; needs no database.

    nearest_m: `nearest_counting(ground, …)` where the caller has it already.
    """
    if nearest_m is None:
        nearest_m = nearest_counting(ground, question.kind, across_border=question.across_border)
    is_covered = nearest_m <= question.radius_m
    rows = tally(ground, is_covered)
    members = set(kinds_of(question.kind))
    if ground.walked is not None:
        question = replace(question, network=ground.walked.network)
    return Coverage(
        question,
        rows,
        total_of(rows),
        ground.unplaced,
        _facilities(ground, question, members),
        (*ground.sources, *_facility_sources(ground, members)),
        stamp,
        datetime.now(UTC),
        on_foot=_on_foot(ground, is_covered, members),
    )


def nearest_counting(ground: Ground, kind: str, *, across_border: bool) -> Floats:
    """For every cell the smallest distance (m) to a facility that counts; inf beyond longest_m.

    across_border False: only facilities in the cell's own area count.
    """
    nearest = np.full(len(ground.cell_area), np.inf)
    for member in kinds_of(kind):
        reach = ground.reaches[member]
        counts = (
            np.ones(len(reach.cell), dtype=bool)
            if across_border
            else reach.home == ground.cell_area[reach.cell]
        )
        np.minimum.at(nearest, reach.cell[counts], reach.distance_m[counts])
    return nearest


def tally(ground: Ground, is_covered: NDArray[np.bool_]) -> tuple[AreaCoverage, ...]:
    """Add up people and covered people per area; `is_covered` has one entry per cell."""
    count = len(ground.area_codes)
    cells = np.bincount(ground.cell_area, minlength=count)
    people = _by_area(ground, np.ones(len(is_covered), dtype=bool))
    covered = _by_area(ground, is_covered)
    beside = _beside(ground, is_covered)
    rows = []
    for i, (code, name) in enumerate(zip(ground.area_codes, ground.area_names, strict=True)):
        known = _three(people[i])
        by = ground.walked.measured_by[i] if ground.walked else "line"
        if ground.area_shapes[i] is None:
            rows.append(AreaCoverage(code, name, NO_GEOMETRY))
        elif cells[i] == 0:
            rows.append(AreaCoverage(code, name, NO_CELLS))
        elif by is None:
            rows.append(AreaCoverage(code, name, NO_NETWORK, *known))
        else:
            reached = _three(np.where(np.isnan(people[i]), np.nan, covered[i]))
            row = AreaCoverage(code, name, MEASURED, *known, *reached, by)
            if by == "walk":
                row = replace(row, too_far_60=float(beside[i, 0]), island_60=float(beside[i, 1]))
            rows.append(row)
    return tuple(rows)


def _beside(ground: Ground, is_covered: NDArray[np.bool_]) -> Floats:
    """People 60+ (areas, 2): too far from any way; on an island of ways and not covered."""
    count = len(ground.area_codes)
    if ground.walked is None or ground.walked.walks is None:
        return np.zeros((count, 2))
    places = ground.walked.walks.places
    lost = (places.is_far, places.is_apart & ~places.is_far & ~is_covered)
    weights = ground.people[:, 0]
    return np.column_stack(
        [np.bincount(ground.cell_area, np.where(who, weights, 0), count) for who in lost]
    )


def _on_foot(ground: Ground, is_covered: NDArray[np.bool_], members: set[str]) -> OnFoot | None:
    """Who and what stands beside the ways; None for straight lines."""
    walked = ground.walked
    if walked is None:
        return None
    if walked.walks is None:
        return OnFoot(None, walked.limit_m, 0, 0, ())
    places, sites = walked.walks.places, walked.walks.sites
    here = walked.on_foot()
    apart = places.is_apart & ~places.is_far & ~is_covered
    listed = [
        Beside(
            site.code, site.name, "too_far" if far else "island",
            float(beside) if np.isfinite(beside) else None,
        )
        for site, far, island, beside in zip(
            ground.sites, sites.is_far, sites.is_apart, sites.beside_m, strict=True
        )
        if (far or island) and members.intersection(site.kinds)
    ]  # fmt: skip
    far_cells, island_cells = int((places.is_far & here).sum()), int((apart & here).sum())
    return OnFoot(walked.network, walked.limit_m, far_cells, island_cells, tuple(listed))


def _by_area(ground: Ground, chosen: NDArray[np.bool_]) -> Floats:
    """People (areas, 3) in the chosen cells; NaN where one of them is unknown."""
    count = len(ground.area_codes)
    return np.column_stack(
        [
            np.bincount(
                ground.cell_area, weights=np.where(chosen, ground.people[:, k], 0), minlength=count
            )
            for k in range(3)
        ]
    )


def total_of(rows: tuple[AreaCoverage, ...]) -> AreaCoverage:
    """The sum over measured areas; partial when others are unknown, no numbers when all are."""
    measured = [row for row in rows if row.status == MEASURED]
    if not measured:
        reasons = {row.status for row in rows}
        order = (NO_RECORD, NO_NETWORK, NO_GEOMETRY, NO_CELLS)
        reason = next(one for one in order if one in reasons)
        return AreaCoverage("", "合计", reason)
    sums: dict[str, Any] = {}
    for name in (*(f"people_{age}" for age in AGES), *(f"covered_{age}" for age in AGES)):
        values = [getattr(row, name) for row in measured]
        sums[name] = None if None in values else sum(values)
    status = MEASURED if len(measured) == len(rows) else PARTIAL
    ways = {row.measured_by for row in measured}
    by = ways.pop() if len(ways) == 1 else "mixed"
    walked = [row for row in measured if row.measured_by == "walk"]
    if walked:
        for name in ("too_far_60", "island_60"):
            sums[name] = sum(getattr(row, name) for row in walked)
    return AreaCoverage("", "合计", status, measured_by=by, **sums)


def _facilities(ground: Ground, question: Question, members: set[str]) -> int:
    """Facilities inside the areas, and across the border those outside that reach somebody."""
    inside = sum(1 for site in ground.sites if site.homes and members.intersection(site.kinds))
    if not question.across_border:
        return inside
    outsiders: set[int] = set()
    for member in members:
        reach = ground.reaches[member]
        counts = (reach.outsider >= 0) & (reach.distance_m <= question.radius_m)
        outsiders.update(reach.outsider[counts].tolist())
    return inside + len(outsiders)


def _facility_sources(ground: Ground, members: set[str]) -> list[Source]:
    """The facilities' sources with how many of them each gave."""
    counts: dict[Source, int] = {}
    for site in ground.sites:
        if members.intersection(site.kinds):
            key = Source("facilities", site.source, site.source_date, site.is_synthetic, 0)
            counts[key] = counts.get(key, 0) + 1
    return [replace(key, rows=rows) for key, rows in counts.items()]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _three(values: Floats) -> tuple[float | None, float | None, float | None]:
    """A number for each age."""
    return _known(values[0]), _known(values[1]), _known(values[2])


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
