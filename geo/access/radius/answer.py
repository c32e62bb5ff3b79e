"""What follows from the ground for a question? Pure counting on arrays, no database.

covered(area) = Σ people(cell) over cells of the area with min distance(cell, facility) ≤ r
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

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
PARTIAL = "partial"
STATUS_ZH = {
    MEASURED: "已计算",
    NO_GEOMETRY: "无边界,未知",
    NO_CELLS: "无人口数据,未知",
    NO_RECORD: "当日尚无记录,未知",
    PARTIAL: "部分未知",
}


@dataclass(frozen=True, slots=True)
class AreaCoverage:
    """People of one area and those covered, by age; None is unknown, never 0.

    status: measured; no_geometry, no_cells or no_record (on that day nothing was on record yet)
    where nothing can be said; for a total also partial, when some of its areas are unknown.
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
class Coverage:
    """The answer to a question: its areas by code, their total, and what it rests on.

    unplaced: people of the city whom no area holds (not in the total). facilities: how many
    counted; None where unknown. stamp: state of the data (see `geo.access.radius.stored`).
    is_stored: read, not computed now. rounded_to: published counts are multiples of it.
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
                f"人数取整到 {self.rounded_to:g},不足 {self.rounded_to:g} 人的不公布,"
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
    rows = tally(ground, nearest_m <= question.radius_m)
    members = set(kinds_of(question.kind))
    return Coverage(
        question,
        rows,
        total_of(rows),
        ground.unplaced,
        _facilities(ground, question, members),
        (*ground.sources, *_facility_sources(ground, members)),
        stamp,
        datetime.now(UTC),
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
    rows = []
    for i, (code, name) in enumerate(zip(ground.area_codes, ground.area_names, strict=True)):
        if ground.area_shapes[i] is None:
            rows.append(AreaCoverage(code, name, NO_GEOMETRY))
        elif cells[i] == 0:
            rows.append(AreaCoverage(code, name, NO_CELLS))
        else:
            known = [_known(value) for value in people[i]]
            reached = [
                None if whole is None else _known(value)
                for whole, value in zip(known, covered[i], strict=True)
            ]
            rows.append(AreaCoverage(code, name, MEASURED, *known, *reached))
    return tuple(rows)


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
        reason = next(one for one in (NO_RECORD, NO_GEOMETRY, NO_CELLS) if one in reasons)
        return AreaCoverage("", "合计", reason)
    sums: list[float | None] = []
    for name in (*(f"people_{age}" for age in AGES), *(f"covered_{age}" for age in AGES)):
        values = [getattr(row, name) for row in measured]
        sums.append(None if None in values else sum(values))
    status = MEASURED if len(measured) == len(rows) else PARTIAL
    return AreaCoverage("", "合计", status, *sums)


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


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
