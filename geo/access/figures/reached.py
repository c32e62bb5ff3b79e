"""How are questions about people, coverage and gaps answered, by the straight line and on foot?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from geo.access.figures.asked import Answer, Asked, Line, Origin
from geo.access.gaps import gaps_on
from geo.access.publishing import publishable_coverage, publishable_gaps
from geo.access.radius.answer import STATUS_ZH, AreaCoverage, Coverage
from geo.access.radius.answer import answer as coverage_on
from geo.access.radius.gap import Gaps
from geo.access.radius.ground import Ground, Source, read_ground
from geo.access.radius.question import Question, ask
from geo.access.radius.record import on_record, unrecorded
from geo.access.radius.seen import as_seen
from geo.access.radius.stored import INPUTS, ON_FOOT, data_stamp
from geo.queries.admin import Reader

MOST_GAPS = 20
"""Gaps that a report lists for one kind."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of several questions, read once; None where nothing is on record that day."""

    ground: Ground | None
    question: Question
    stamp: int

    @property
    def network(self) -> str | None:
        """The network that was walked; None for straight lines and where there is none."""
        walked = self.ground.walked if self.ground is not None else None
        return walked.network if walked is not None else None


def basis_of(session: Reader, asked: Asked, kinds: Iterable[str], longest_m: float) -> Basis:
    """Read the areas, people and facilities of a question for some kinds up to a distance."""
    listed = list(kinds)
    question = ask(
        city=asked.city, areas=asked.areas, kind=listed[0], radius_m=longest_m, on=asked.on,
        basis=asked.basis, base_year=asked.base_year, projection=asked.projection,
        published_only=asked.published_only, measure=asked.measure, network=asked.network,
    )  # fmt: skip
    stamp = data_stamp(session, asked.measure)
    with as_seen(session, published_only=asked.published_only):
        recorded = on_record(session, question)
        if recorded is None:
            return Basis(None, question, stamp)
        ground = read_ground(session, recorded, kinds=listed, longest_m=longest_m)
    return Basis(ground, recorded, stamp)


def coverage_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """People and covered people of each area, total last (key "")."""
    found = _coverage(session, asked, basis)
    return _of_coverage(replace(asked, base_year=found.question.base_year), found, _covered)


def walk_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """The same along the stored ways; too far from any way, and on an island, stand beside."""
    found = _coverage(session, replace(asked, measure="walk"), basis)
    question = found.question
    named = replace(
        asked, measure="walk", network=question.network, base_year=question.base_year
    )  # fmt: skip
    return replace(_of_coverage(named, found, _walked), tables=ON_FOOT)


def people_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """People of each area by age, total last (key "")."""
    # Any kind does: the people of an area are counted before anybody asks what reaches them.
    found = _coverage(session, replace(asked, kind="canteen", radius_m=1.0), basis)
    made = _of_coverage(replace(asked, base_year=found.question.base_year), found, _people)
    word = {"resident": "常住", "registered": "户籍"}[asked.basis]
    year = found.question.base_year or "未知"
    of = "" if asked.projection == "none" else f"，预测方案 {asked.projection}"
    return replace(
        made,
        method=f"{word}人口，基准年 {year}{of}；人口格网以代表点计入所在区域，每人只计一次。"
        + (f"人数取整到 {asked.rounded_to:g}。" if asked.rounded_to else ""),
        origins=tuple(o for o in made.origins if o.what != "facilities"),
        tables=("admin_unit", "planning_zone", "demand_cell"),
    )


def gap_answer(session: Reader, asked: Asked, basis: Basis | None = None) -> Answer:
    """The uncovered stretches with most people; the key is the rank."""
    return gap_lines(asked, gaps_for(session, asked, basis))


def gap_lines(asked: Asked, found: Gaps) -> Answer:
    """Gaps as an answer."""
    question = found.coverage.question
    lines = tuple(
        Line(
            str(gap.rank), gap.area_name,
            {
                "people_60": gap.people_60, "people_80": gap.people_80,
                "area_km2": gap.area_m2 / 1e6, "nearest_m": gap.nearest_m,
            },
            found.coverage.has_synthetic,
        )
        for gap in found.gaps
    )  # fmt: skip
    return Answer(
        replace(asked, base_year=question.base_year),
        lines,
        found.coverage.method + "未覆盖的连片区域按 60 岁以上人数排序；面积为椭球面量算值。",
        origins_of(found.coverage.sources),
        INPUTS,
        found.coverage.stamp,
    )


def gaps_for(session: Reader, asked: Asked, basis: Basis | None = None) -> Gaps:
    """The uncovered stretches of a question with their shapes, most people first."""
    read = basis or basis_of(session, asked, [asked.kind], asked.radius_m)
    if read.ground is None:
        return Gaps(unrecorded(session, read.question, read.stamp), (), None, 0, 0.0)
    question = replace(read.question, kind=asked.kind, radius_m=asked.radius_m)
    with as_seen(session, published_only=asked.published_only):
        found = gaps_on(session, read.ground, question, read.stamp)
    return publishable_gaps(found, asked.rounded_to, limit=MOST_GAPS)


def origins_of(sources: Iterable[Source]) -> tuple[Origin, ...]:
    """Sources as an answer lists them."""
    return tuple(Origin(s.what, s.source, s.source_date, s.is_synthetic, s.rows) for s in sources)


def _coverage(session: Reader, asked: Asked, basis: Basis | None) -> Coverage:
    """The coverage of a question, as it may be told."""
    read = basis or basis_of(session, asked, [asked.kind], asked.radius_m)
    if read.ground is None:
        return unrecorded(session, read.question, read.stamp)
    question = replace(read.question, kind=asked.kind, radius_m=asked.radius_m)
    found = coverage_on(read.ground, question, read.stamp)
    return publishable_coverage(found, asked.rounded_to)


def _of_coverage(
    asked: Asked, found: Coverage, values: Callable[[AreaCoverage], dict[str, float | None]]
) -> Answer:
    origins = origins_of(found.sources)
    synthetic = any(origin.is_synthetic for origin in origins)
    lines = tuple(
        Line(
            row.area_code, row.area_name, values(row), synthetic,
            "" if row.status == "measured" else STATUS_ZH[row.status],
        )
        for row in (*found.rows, found.total)
    )  # fmt: skip
    return Answer(asked, lines, found.method, origins, INPUTS, found.stamp)


def _covered(row: AreaCoverage) -> dict[str, float | None]:
    return {
        "people_60": row.people_60, "covered_60": row.covered_60, "share_60": row.share_60,
        "people_80": row.people_80, "covered_80": row.covered_80, "share_80": row.share_80,
    }  # fmt: skip


def _walked(row: AreaCoverage) -> dict[str, float | None]:
    return _covered(row) | {"too_far_60": row.too_far_60, "island_60": row.island_60}


def _people(row: AreaCoverage) -> dict[str, float | None]:
    return {
        "people_60": row.people_60, "people_65": row.people_65, "people_80": row.people_80,
        "share_80": row.people_80 / row.people_60 if row.people_80 and row.people_60 else None,
    }  # fmt: skip
