"""How many facilities of an area are such and such: nursing beds, fire state, who runs them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.access.indicators.catalogue import Indicator
from geo.access.indicators.counted import AREAS, Area, Asked, Counted, areas_of, named
from geo.access.radius.seen import as_seen
from geo.access.standards.written import WrittenRule, most_specific, rules_for
from geo.models.kinds import KINDS, kinds_of
from geo.queries.admin import BELOW, Reader

# By position, border included, the area with the smallest code; where an area has no outline, by
# the division that the facility is stored under, or its superior.
_FACILITIES = {
    by: text(
        f"""WITH RECURSIVE {BELOW}, area AS MATERIALIZED ({rows})
        SELECT DISTINCT ON (f.code) a.code AS area_code, f.code, f.name, f.kinds, f.state,
            f.beds_total, f.beds_nursing, f.beds_free, f.floor_area_m2, f.ownership,
            f.operation, f.fire_state,
            f.fire_checked_on, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.source, f.source_date,
            f.is_synthetic
        FROM facility f JOIN area a ON ST_Intersects(a.geom, f.geom)
          OR (a.geom IS NULL AND (f.admin_code = a.code OR a.code = (
            SELECT u.parent_code FROM admin_unit u
            WHERE u.code = f.admin_code AND u.validity @> CAST(:on AS date))))
        WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
          AND f.validity @> CAST(:on AS date)
        ORDER BY f.code, a.code"""
    )
    for by, rows in AREAS.items()
}


@dataclass(frozen=True, slots=True)
class Home:
    """An open facility of an area, with what indicators ask of it; None is unknown."""

    area_code: str
    code: str
    name: str
    kinds: list[str]
    state: str
    beds_total: int | None
    beds_nursing: int | None
    beds_free: int | None
    floor_area_m2: float | None
    ownership: str | None
    operation: str | None
    fire_state: str | None
    fire_checked_on: date | None
    lon: float
    lat: float
    source: str | None
    source_date: date | None
    is_synthetic: bool


Judge = Callable[[Home], tuple[float, float] | None]
"""What a facility adds to numerator and denominator; None where that is unknown."""


def homes_of(session: Reader, asked: Asked, kinds: list[str]) -> list[Home]:
    """The open facilities of some kinds in the areas, each in one area."""
    with as_seen(session, published_only=asked.published_only):
        rows = session.execute(_FACILITIES[asked.by], {**asked.binds(), "kinds": kinds})
        return [Home(**row._mapping) for row in rows]


def residential_kinds() -> list[str]:
    """Kinds in which people live."""
    return [kind.code for kind in KINDS.values() if kind.is_residential]


def tally(areas: list[Area], homes: list[Home], judge: Judge) -> list[Counted]:
    """Add up what a judge says of every facility of each area; (0, 0) leaves one out."""
    made = []
    for area in areas:
        mine = [home for home in homes if home.area_code == area.code]
        said = [judge(home) for home in mine]
        known = [one for one in said if one is not None]
        made.append(
            Counted(
                area.code,
                area.name,
                sum(one[0] for one in known),
                sum(one[1] for one in known),
                len(said) - len(known),
                any(home.is_synthetic for home in mine),
                frozenset(named(home.source, home.source_date) for home in mine),
            )
        )
    return made


def _counting(session: Reader, indicator: Indicator, asked: Asked, judge: Judge) -> list[Counted]:
    with as_seen(session, published_only=asked.published_only):
        areas = areas_of(session, asked)
    return tally(areas, homes_of(session, asked, kinds_of(indicator.params["kind"])), judge)


def nursing_bed_share(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Nursing beds of all beds, over homes where both are known."""

    def judge(home: Home) -> tuple[float, float] | None:
        if home.beds_nursing is None or home.beds_total is None:
            return None
        return home.beds_nursing, home.beds_total

    return _counting(session, indicator, asked, judge)


def occupancy(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Beds in use of all beds, over homes where both are known."""

    def judge(home: Home) -> tuple[float, float] | None:
        if home.beds_free is None or home.beds_total is None:
            return None
        return home.beds_total - home.beds_free, home.beds_total

    return _counting(session, indicator, asked, judge)


def public_built_private_run(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """公建民营: publicly owned homes that are run privately, of all publicly owned ones."""
    return _counting(session, indicator, asked, is_private_run)


def is_private_run(home: Home) -> tuple[float, float] | None:
    """Whether a public home is run privately; a private one is none of the question."""
    if home.ownership is None or (home.ownership == "public" and home.operation is None):
        return None
    is_public = home.ownership == "public"
    is_run = is_public and str(home.operation).startswith("private")
    return float(is_run), float(is_public)


def fire_passed(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Homes whose fire check was passed, of those whose state is known."""

    def judge(home: Home) -> tuple[float, float] | None:
        return None if home.fire_state is None else (float(home.fire_state == "passed"), 1.0)

    return _counting(session, indicator, asked, judge)


def fire_checked_in_time(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Homes whose last fire check lies no further back than the interval of the rule."""
    rule = check_interval(session, asked)
    months = None if rule is None else int(rule.value)

    def judge(home: Home) -> tuple[float, float] | None:
        if home.fire_checked_on is None or months is None:
            return None
        return float(next_check(home.fire_checked_on, months) >= asked.on), 1.0

    return _counting(session, indicator, asked, judge)


def check_interval(session: Reader, asked: Asked) -> WrittenRule | None:
    """The rule of the place about the months between two fire checks; None where none says."""
    rules = rules_for(session, "fire_check_interval", place=asked.city, on=asked.on, today=asked.on)
    return most_specific(rules, "fire_check_interval", asked.on)


def next_check(last: date, months: int) -> date:
    """The last day by which the next check is in time; the 31st becomes the month's last day."""
    whole = last.year * 12 + last.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    for day in (last.day, 30, 29, 28):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
