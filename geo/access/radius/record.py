"""Since when is anything on record, and which count of people is meant on a day?

Before the first count of people or the first record of a facility nothing is known: such a day is
answered with unknown, never with 0.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import text

from geo.access.radius.answer import NO_RECORD, AreaCoverage, Coverage, total_of
from geo.access.radius.areas import Polygons, area_statement, polygon_binds
from geo.access.radius.question import Question, no_areas
from geo.errors import NotFound, both
from geo.queries.admin import BELOW, Reader, unit

_EXTENT = """extent AS (
    SELECT ST_SetSRID(ST_Extent(a.geom)::geometry, 4490) AS box FROM area a
)"""

# A projection is of years to come: where all lie ahead, the earliest is meant.
_BASE_YEARS = """SELECT min(c.base_year) AS first, coalesce(
    max(c.base_year) FILTER (WHERE c.base_year <= EXTRACT(year FROM CAST(:on AS date))),
    CASE WHEN :projection <> 'none' THEN min(c.base_year) END) AS last
FROM demand_cell c
WHERE c.basis = :basis AND c.projection = :projection AND (
    c.geom && (SELECT box FROM extent) OR c.admin_code IN (SELECT b.code FROM below b))"""

_CITY_YEARS = text(
    f"""WITH RECURSIVE {BELOW},
    extent AS (SELECT u.geom AS box FROM admin_unit u
        WHERE u.code = :code AND u.validity @> CAST(:on AS date))
    {_BASE_YEARS}"""
)

_AREA_NAMES = "SELECT a.code, a.name FROM area a ORDER BY a.no"

# A record without a beginning reaches back as far as anybody asks.
_HAS_FACILITIES = """SELECT
    count(*) = 0 OR bool_or(coalesce(lower(f.validity), '-infinity') <= CAST(:on AS date))
FROM facility f
WHERE f.geom && (SELECT box FROM extent)"""


def on_record(
    session: Reader, question: Question, polygons: Polygons | None = None
) -> Question | None:
    """The question with its base year set; None where nothing is on record for its day yet.

    Without a base year the last one not after the asked day is meant (of a projection otherwise the
    earliest). Raises NotFound for an
    unknown city and where no people are stored.
    """
    if question.city:
        unit(session, question.city, question.on)
    values = question.binds() | polygon_binds(polygons)
    if question.base_year is None:
        asked = area_statement(question.areas, _EXTENT, _BASE_YEARS)
        years = session.execute(asked, values).one()
        if years.first is None and question.city:
            # Areas without outlines hold no cell: the city's own people say which count is meant.
            years = session.execute(_CITY_YEARS, values).one()
        if years.first is None:
            raise NotFound(_nobody(question))
        if years.last is None:
            return None
        question = replace(question, base_year=int(years.last))
    asked = area_statement(question.areas, _EXTENT, _HAS_FACILITIES)
    return question if session.execute(asked, values).scalar_one() else None


def _nobody(question: Question) -> str:
    """What to say where no people are stored."""
    basis = {"resident": "常住", "registered": "户籍"}[question.basis]
    return both(
        f"{question.city or '给定范围'} 没有{basis}人口数据，请先导入（atlas load demand）。",
        f"no {question.basis} population is stored for "
        f"{question.city or 'the given areas'}; load demand cells first",
    )


def unrecorded(
    session: Reader, question: Question, stamp: int, polygons: Polygons | None = None
) -> Coverage:
    """The answer for a day before anything was on record: the areas, and no number at all.

    Raises NotFound where there are no areas.
    """
    values = question.binds() | polygon_binds(polygons)
    areas = session.execute(area_statement(question.areas, _AREA_NAMES), values).all()
    if not areas:
        raise NotFound(no_areas(question))
    rows = tuple(AreaCoverage(area.code, area.name, NO_RECORD) for area in areas)
    return Coverage(question, rows, total_of(rows), None, None, (), stamp, datetime.now(UTC))
