"""What share of the people of an area is reached, and how many beds are there for them?"""

from __future__ import annotations

from dataclasses import replace

from geo.access.coverage import coverage
from geo.access.indicators.catalogue import Indicator
from geo.access.indicators.counted import Area, Asked, Counted, areas_of, named
from geo.access.indicators.facilities import Home, homes_of, residential_kinds, tally
from geo.access.publishing import publishable_coverage
from geo.access.radius.answer import MEASURED, STATUS_ZH, AreaCoverage, Coverage
from geo.access.radius.seen import as_seen
from geo.queries.admin import Reader


def coverage_share(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Covered people of all people of an age, as `geo.access.coverage` counts them."""
    params = indicator.params
    with as_seen(session, published_only=asked.published_only):
        areas = areas_of(session, asked)
    if areas and not any(area.has_outline for area in areas):
        return _undrawn(areas)
    found = _coverage(session, asked, params["kind"], params["radius_m"])
    age = params["age"]
    sources = frozenset(named(s.source, s.source_date) for s in found.sources)
    return [
        Counted(
            code,
            name,
            getattr(row, f"covered_{age}"),
            getattr(row, f"people_{age}"),
            0,
            found.has_synthetic,
            sources,
            "" if row.status == MEASURED else STATUS_ZH[row.status],
        )
        for code, name, row in _rows(session, asked, found)
    ]


def _undrawn(areas: list[Area]) -> list[Counted]:
    """Areas of which no outline is loaded: nobody can be counted in them."""
    return [
        Counted(
            area.code, area.name, None, None, 0, area.is_synthetic,
            note="没有边界图形，无法统计人口",
        )
        for area in areas
    ]  # fmt: skip


def beds_per_1000(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Beds of open residential facilities beside the people aged 60 and over."""
    with as_seen(session, published_only=asked.published_only):
        areas = areas_of(session, asked)
    if areas and not any(area.has_outline for area in areas):
        return _undrawn(areas)
    beds = tally(areas, homes_of(session, asked, residential_kinds()), _beds)
    found = _coverage(session, asked, "elder_home", 1000.0)
    people = {code: row for code, _, row in _rows(session, asked, found)}
    sources = frozenset(named(s.source, s.source_date) for s in found.sources if s.what == "people")
    made = []
    for row in beds:
        there = people.get(row.area_code)
        made.append(
            replace(
                row,
                denominator=there.people_60 if there else None,
                is_synthetic=row.is_synthetic or found.has_synthetic,
                sources=row.sources | sources,
                note="" if there and there.status == MEASURED else "人口未知或部分未知",
            )
        )
    return made


def _beds(home: Home) -> tuple[float, float] | None:
    return None if home.beds_total is None else (home.beds_total, 0.0)


def _coverage(session: Reader, asked: Asked, kind: str, radius_m: float) -> Coverage:
    """Coverage of the areas; of the districts where the whole city is asked about."""
    found = coverage(
        session,
        city=asked.city,
        areas="district" if asked.by == "city" else asked.by,
        kind=kind,
        radius_m=radius_m,
        on=asked.on,
        published_only=asked.published_only,
        measure=asked.measure,
        network=asked.network,
    )
    return publishable_coverage(found, asked.rounded_to)


def _rows(session: Reader, asked: Asked, found: Coverage) -> list[tuple[str, str, AreaCoverage]]:
    """Code, name and people of each area; for a city, of its districts together."""
    if asked.by != "city":
        return [(row.area_code, row.area_name, row) for row in found.rows]
    with as_seen(session, published_only=asked.published_only):
        (city,) = areas_of(session, asked)
    return [(city.code, city.name, found.total)]
