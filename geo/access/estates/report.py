"""How many of a city's estates pass, district by district, and why do the others not?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from geo.access.estates.facts import SUBJECT, Estate, EstateReport, rate_of
from geo.access.estates.pools import check_all
from geo.access.standards.written import WrittenRule, rules_for
from geo.errors import BadInput, NotFound, both
from geo.queries.admin import BELOW, Reader, unit

_ESTATES = text(
    f"""WITH RECURSIVE {BELOW},
    district AS MATERIALIZED (
        SELECT u.code, u.name, u.geom FROM below b
        JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 3
    ), mine AS (
        SELECT e.*, coalesce(
            (SELECT min(d.code) FROM district d
                WHERE ST_Intersects(d.geom, ST_PointOnSurface(e.geom))),
            (SELECT d.code FROM district d WHERE d.code = e.admin_code),
            (SELECT u.parent_code FROM admin_unit u
                WHERE u.code = e.admin_code AND u.level = 4 AND u.validity @> CAST(:on AS date))
        ) AS district_code
        FROM estate e
        WHERE e.validity @> CAST(:on AS date)
          AND (e.approved_on IS NULL OR e.approved_on <= CAST(:on AS date))
          AND (e.admin_code IN (SELECT code FROM below)
            OR (e.admin_code IS NULL AND EXISTS (
                SELECT FROM district d WHERE ST_Intersects(d.geom, e.geom))))
    )
    SELECT m.code, m.name, m.estate_type, m.households, m.approved_on, m.handed_over_m2,
        m.largest_room_m2, m.handed_over_on, m.pool_code, m.source, m.source_date, m.is_synthetic,
        m.district_code,
        (SELECT d.name FROM district d WHERE d.code = m.district_code) AS district_name,
        ST_X(ST_PointOnSurface(m.geom)) AS lon, ST_Y(ST_PointOnSurface(m.geom)) AS lat,
        m.extra ->> '地上住宅建筑面积' AS residential,
        (SELECT max(ST_Distance(m.geom::geography, h.geom::geography)) FROM (
            SELECT o.geom FROM mine o WHERE o.pool_code = m.pool_code
            ORDER BY o.handed_over_m2 DESC NULLS LAST, o.code LIMIT 1) AS h) AS to_host_m
    FROM mine m ORDER BY m.code"""
)


def estates_checked(
    session: Reader, *, city: str, on: date, since: date | None = None
) -> EstateReport:
    """Judge every estate of a city (or any division) that was approved by `on`: for staff.

    since: only those approved on or after that day; estates without a known day of approval are
    then left out and counted in `undated`. Raises NotFound for an unknown division, BadInput for a
    period that ends before it begins.
    """
    if since is not None and since > on:
        raise BadInput(
            both(f"期间起点 {since} 晚于 {on}。", f"the period begins after {on}: {since}"),
            parameter="since",
        )
    place = unit(session, city, on)
    rows = session.execute(_ESTATES, {"code": place.code, "on": on}).all()
    estates = [_read(row) for row in rows]
    rules = _rules_by_place(session, place.code, estates, on)
    undated = sum(estate.approved_on is None for estate in estates) if since else 0
    if since is not None:
        estates = [e for e in estates if e.approved_on is not None and e.approved_on >= since]
    checks = check_all(estates, rules, on)
    names = {e.district_code or "": e.district_name or "所在区县未知" for e in estates}
    districts = tuple(
        rate_of([c for c in checks if (c.estate.district_code or "") == code], code, names[code])
        for code in sorted(names)
    )
    used = {c.rule.code: c.rule for c in checks if c.rule is not None}
    return EstateReport(
        place.code, on, since, tuple(checks), districts, rate_of(checks),
        tuple(used[code] for code in sorted(used)), undated,
        tuple(sorted({f"{e.source or '未知'}({e.source_date or '日期未知'})" for e in estates})),
        datetime.now(UTC),
    )  # fmt: skip


def _rules_by_place(
    session: Reader, city: str, estates: Sequence[Estate], on: date
) -> dict[str | None, tuple[WrittenRule, ...]]:
    """The rules of each district; those of the city where the district is not in force."""
    found: dict[str | None, tuple[WrittenRule, ...]] = {}
    for code in {estate.district_code for estate in estates}:
        try:
            found[code] = rules_for(session, SUBJECT, "life_circle", place=code or city, today=on)
        except NotFound:
            found[code] = rules_for(session, SUBJECT, "life_circle", place=city, today=on)
    return found


def _read(row: Any) -> Estate:
    values = dict(row._mapping)
    stated = values.pop("residential")
    try:
        residential = float(stated) if stated else None
    except ValueError:
        residential = None
    return Estate(**values, residential_m2=residential)
