"""Which coverage was computed before, and is it still true?

A stored run is true as long as no input was written since (its `data_stamp` is the sum of the
stamps of the input tables; triggers move a table's stamp with every insert, update, delete and
truncate) and the asked day lies in `holds`, the days during which no input begins or ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, false, func, insert, or_, select, text, true
from sqlalchemy.dialects.postgresql import Range

from geo.access.radius.answer import MEASURED, AreaCoverage, Beside, Coverage, OnFoot, total_of
from geo.access.radius.ground import Source, Unplaced
from geo.access.radius.question import Question
from geo.models import Base, CoverageRow, CoverageRun, DataStamp
from geo.queries.admin import Reader
from geo.settings import WalkSettings, read

INPUTS = ("facility", "demand_cell", "admin_unit", "planning_zone")
ON_FOOT = (*INPUTS, "road_edge")

_RUN = Base.metadata.tables[CoverageRun.__tablename__]
_ROW = Base.metadata.tables[CoverageRow.__tablename__]

_HOLDS = text(
    """SELECT max(day) FILTER (WHERE day <= CAST(:on AS date)) AS since,
        min(day) FILTER (WHERE day > CAST(:on AS date)) AS until
    FROM (
        SELECT unnest(ARRAY[lower(validity), upper(validity)]) AS day FROM facility
        UNION SELECT unnest(ARRAY[lower(validity), upper(validity)]) FROM admin_unit
        UNION SELECT unnest(ARRAY[lower(validity), upper(validity)]) FROM planning_zone
        UNION SELECT make_date(base_year, 1, 1) FROM demand_cell
    ) AS days"""
)


def data_stamp(session: Reader, measure: str = "line") -> int:
    """The state of the inputs of coverage: grows with every write to one of their tables.

    On foot the roads are an input too. The sum over the tables, not the largest: a slow writer may
    commit a stamp that is smaller than another table's, and that must show too.
    """
    asked = select(func.coalesce(func.sum(DataStamp.stamp), 0)).where(
        DataStamp.table_name.in_(ON_FOOT if measure == "walk" else INPUTS)
    )
    return int(session.execute(asked).scalar_one())


def holds_around(session: Reader, on: date) -> Range[date]:
    """The days around `on`, half-open, on which no version of an input begins or ends."""
    row = session.execute(_HOLDS, {"on": on}).one()
    return Range(row.since, row.until, bounds="[)")


def current_run(session: Reader, question: Question) -> Coverage | None:
    """The stored answer to a question, if its data are still the data; else None."""
    run = run_of(session, question)
    return None if run is None else restored(session, question, run)


def run_of(session: Reader, question: Question) -> Any | None:
    """The row of the stored run that answers a question on today's data, or None."""
    return session.execute(
        select(_RUN)
        .where(
            *_same(question),
            _RUN.c.holds.op("@>")(question.on),
            _RUN.c.data_stamp == data_stamp(session, question.measure),
            *_same_limit(question.measure),
        )
        .order_by(_RUN.c.on_date.desc())
        .limit(1)
    ).one_or_none()


def count_current(
    session: Reader,
    city_code: str,
    on: date,
    stamp: int,
    *,
    kinds: Sequence[str],
    radii_m: Sequence[float],
    measure: str = "line",
) -> dict[str, int]:
    """How many public runs per sort of areas still hold for a city, among those kinds and radii."""
    asked = (
        select(_RUN.c.areas, func.count().label("runs"))
        .where(
            _RUN.c.city_code == city_code,
            _RUN.c.kind.in_(kinds),
            _RUN.c.radius_m.in_(radii_m),
            _RUN.c.basis == "resident",
            _RUN.c.projection == "none",
            _RUN.c.published_only == true(),
            _RUN.c.measure == measure,
            _RUN.c.fallback == "none",
            _RUN.c.detail["base_year_by_default"].as_boolean() == true(),
            _RUN.c.holds.op("@>")(on),
            _RUN.c.data_stamp == stamp,
            *_same_limit(measure),
        )
        .group_by(_RUN.c.areas)
    )
    return {row.areas: row.runs for row in session.execute(asked)}


def forget_stale(session: Reader, city_code: str, stamp: int, measure: str = "line") -> None:
    """Drop a city's runs of a measure whose data were written since; rows and gaps go with them."""
    session.execute(
        delete(_RUN).where(
            _RUN.c.city_code == city_code, _RUN.c.measure == measure, _RUN.c.data_stamp != stamp
        )
    )


def wait_for_turn(session: Reader) -> None:
    """Let one transaction at a time store runs: two that answer one question must not collide."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('atlas.coverage_run'))"))


def store(
    session: Reader,
    answers: Sequence[Coverage],
    *,
    by_default: bool,
    network_by_default: bool = True,
) -> list[int]:
    """Keep answers (in place of earlier ones to the same questions); their run ids, in order.

    by_default: the base year was not named by the asker, so that a question without one may be
    answered from here; network_by_default: the same of the road network. All answers are
    about one day. The caller commits.
    """
    if not answers:
        return []
    wait_for_turn(session)
    holds = holds_around(session, answers[0].question.on)
    for made in answers:
        same_day = _RUN.c.on_date == made.question.on
        named = replace(made.question, network=made.question.network or "")
        session.execute(delete(_RUN).where(*_same(named), same_day))
    ids = session.execute(
        insert(_RUN).returning(_RUN.c.id, sort_by_parameter_order=True),
        [_run_values(made, holds, by_default, network_by_default) for made in answers],
    ).scalars()
    kept = list(ids)
    rows = [
        {"run_id": run_id} | {name: getattr(row, name) for name in _COLUMNS}
        for run_id, made in zip(kept, answers, strict=True)
        for row in made.rows
        if row.status == MEASURED
    ]
    if rows:
        session.execute(insert(_ROW), rows)
    return kept


_COLUMNS = (
    "area_code", "area_name", "people_60", "people_65", "people_80",
    "covered_60", "covered_65", "covered_80", "measured_by", "too_far_60", "island_60",
)  # fmt: skip


def _same(question: Question) -> list[Any]:
    """The conditions under which a run answers the same question (but for the day)."""
    year = question.base_year
    return [
        _RUN.c.city_code == question.city,
        _RUN.c.areas == question.areas,
        _RUN.c.kind == question.kind,
        _RUN.c.radius_m == question.radius_m,
        _RUN.c.basis == question.basis,
        _RUN.c.projection == question.projection,
        _RUN.c.across_border == question.across_border,
        _RUN.c.published_only == question.published_only,
        _RUN.c.measure == question.measure,
        _RUN.c.fallback == question.fallback,
        _RUN.c.network == question.network
        if question.network is not None
        else _RUN.c.detail["network_by_default"].as_boolean().isnot(false()),
        _RUN.c.base_year == year
        if year is not None
        else or_(_RUN.c.detail["base_year_by_default"].as_boolean() == true()),
    ]


def _same_limit(measure: str) -> list[Any]:
    """On foot, a run under another snap limit is no answer."""
    if measure != "walk":
        return []
    stored = _RUN.c.detail["on_foot"]["snap_limit_m"].as_float()
    return [stored == read(WalkSettings).snap_limit_m]


def _run_values(
    made: Coverage, holds: Range[date], by_default: bool, network_by_default: bool
) -> dict[str, Any]:
    question = made.question
    return {
        "city_code": question.city,
        "areas": question.areas,
        "kind": question.kind,
        "radius_m": question.radius_m,
        "on_date": question.on,
        "basis": question.basis,
        "base_year": question.base_year,
        "projection": question.projection,
        "across_border": question.across_border,
        "published_only": question.published_only,
        "measure": question.measure,
        "network": question.network or "",
        "fallback": question.fallback,
        "method": made.method,
        "data_stamp": made.stamp,
        "has_synthetic": made.has_synthetic,
        "facilities": made.facilities,
        "computed_at": made.computed_at,
        "holds": holds,
        "detail": {
            "base_year_by_default": by_default,
            "network_by_default": network_by_default,
            "on_foot": None if made.on_foot is None else asdict(made.on_foot),
            "unknown": [
                [
                    row.area_code,
                    row.area_name,
                    row.status,
                    row.people_60,
                    row.people_65,
                    row.people_80,
                ]
                for row in made.rows
                if row.status != MEASURED
            ],
            "unplaced": None if made.unplaced is None else asdict(made.unplaced),
            "sources": [
                asdict(s) | {"source_date": s.source_date and s.source_date.isoformat()}
                for s in made.sources
            ],
        },
    }


def restored(session: Reader, question: Question, run: Any) -> Coverage:
    """A stored run as the answer that it was."""
    found = session.execute(
        select(_ROW).where(_ROW.c.run_id == run.id).order_by(_ROW.c.area_code)
    ).all()
    detail = run.detail
    rows = [
        AreaCoverage(
            row.area_code, row.area_name, MEASURED, *(getattr(row, c) for c in _COLUMNS[2:])
        )
        for row in found
    ]
    rows += [AreaCoverage(*unknown) for unknown in detail["unknown"]]
    rows.sort(key=lambda row: row.area_code)
    dates = [s["source_date"] and date.fromisoformat(s["source_date"]) for s in detail["sources"]]
    return Coverage(
        replace(question, base_year=run.base_year, network=run.network or None),
        tuple(rows),
        total_of(tuple(rows)),
        detail["unplaced"] and Unplaced(**detail["unplaced"]),
        run.facilities,
        tuple(
            Source(**(s | {"source_date": day}))
            for s, day in zip(detail["sources"], dates, strict=True)
        ),
        run.data_stamp,
        run.computed_at,
        is_stored=True,
        on_foot=_on_foot(detail.get("on_foot")),
    )


def _on_foot(kept: dict[str, Any] | None) -> OnFoot | None:
    if kept is None:
        return None
    return OnFoot(**(kept | {"facilities": tuple(Beside(**each) for each in kept["facilities"])}))
