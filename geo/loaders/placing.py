"""In which division does each staged row lie, and is it the one that the row states?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from geo.loaders.report import MOST_PROBLEMS, Placement, Problem
from geo.loaders.staging import Target

# Each unit looks for the rows inside of it: its shape is prepared once, not once for each row. The
# OFFSET keeps the planner from turning that round.
_COVERING = """
CREATE TEMP TABLE covering ON COMMIT DROP AS
SELECT c.row_number, u.code, u.level
FROM admin_unit u, LATERAL (
    SELECT s.row_number FROM stage s WHERE ST_Covers(u.geom, s.geom) OFFSET 0) c
WHERE u.validity @> CAST(:on AS date) AND u.geom && (SELECT ST_SetSRID(ST_Extent(geom), 4490)
                                                     FROM stage)
"""
# The smallest division with a known shape that holds the point.
_PLACE = """
UPDATE stage s SET admin_code = c.code
FROM (SELECT DISTINCT ON (row_number) row_number, code FROM covering
      ORDER BY row_number, level DESC, code) c
WHERE c.row_number = s.row_number
"""
# A name may belong to several divisions (鼓楼区): the nearest one is meant. The stated name may
# begin with its superiors (上海市杨浦区). A code was settled before.
_MEANT = """
CREATE TEMP TABLE meant ON COMMIT DROP AS
SELECT DISTINCT said.stated_unit, u.code
FROM (SELECT DISTINCT stated_unit FROM stage) said
JOIN admin_unit u ON said.stated_unit IN (u.name, u.short_name, u.code)
     OR right(said.stated_unit, length(u.name)) = u.name
WHERE u.level IN (2, 3, 4) AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
"""
_OUTSIDE = """
CREATE TEMP TABLE outside ON COMMIT DROP AS
SELECT s.row_number, s.stated_unit, s.name, s.geom FROM stage s
WHERE s.stated_unit IN (SELECT stated_unit FROM meant) AND NOT EXISTS (
    SELECT FROM meant m JOIN covering c ON c.code = m.code
    WHERE m.stated_unit = s.stated_unit AND c.row_number = s.row_number)
"""
# A row outside the country cannot be right where its division is known to lie elsewhere.
_IMPOSSIBLE = """
WITH far AS (
    DELETE FROM outside
    WHERE NOT geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490) RETURNING row_number)
UPDATE stage s SET fate = 'outside_country' FROM far WHERE far.row_number = s.row_number
"""
_FAR = """
SELECT row_number, name, count(*) OVER () FROM stage s
WHERE NOT geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490) AND fate IS NULL
      AND NOT EXISTS (SELECT FROM meant m WHERE m.stated_unit = s.stated_unit)
ORDER BY row_number LIMIT :most
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE stated_unit IN (SELECT stated_unit FROM meant)), count(*),
       (SELECT count(*) FROM outside)
FROM stage WHERE fate IS NULL
"""
_AWAY = """
SELECT o.row_number, o.stated_unit, o.name,
       min(ST_Distance(u.geom::geography, o.geom::geography)) AS away_m
FROM (SELECT * FROM outside ORDER BY row_number LIMIT :most) o
JOIN meant m ON m.stated_unit = o.stated_unit
JOIN admin_unit u ON u.code = m.code AND u.validity @> CAST(:on AS date)
GROUP BY o.row_number, o.stated_unit, o.name ORDER BY o.row_number
"""


CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north in degrees: the extent of the country, its seas included."""


@dataclass(frozen=True, slots=True)
class Placed:
    """How many rows lie in the division that they state, and what to say of the others.

    `problems` tells the first of those outside; `problems_left_off` counts the others.
    """

    placement: Placement
    problems: list[Problem]
    problems_left_off: int = 0


def place(target: Target, on: date) -> Placed:
    """Find each staged row's division by its position and compare it with the stated one.

    A row outside the country is a problem where nothing is known of its division, and gets the fate
    `outside_country` where its division is known to lie elsewhere.
    """
    extent = dict(zip(("west", "south", "east", "north"), CHINA, strict=True))
    for name in ("covering", "meant", "outside"):
        target.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    target.execute(text("CREATE INDEX ON stage USING gist (geom)"))
    for statement in (_COVERING, "ANALYZE covering", _PLACE, _MEANT, _OUTSIDE):
        target.execute(text(statement), {"on": on} if ":on" in statement else {})
    target.execute(text(_IMPOSSIBLE), extent)
    checked, rows, outside = target.execute(text(_COUNTS)).one()
    problems = [
        _lies_outside(number, stated, name, away_m)
        for number, stated, name, away_m in target.execute(
            text(_AWAY), {"on": on, "most": MOST_PROBLEMS}
        )
    ]
    far = target.execute(text(_FAR), {**extent, "most": MOST_PROBLEMS}).all()
    all_far = far[0][2] if far else 0
    left_off = outside - len(problems)
    if all_far > _FEW_ABROAD and all_far * 2 > rows:  # a list of another country: said once
        problems.append(_all_abroad(all_far, rows))
    else:
        problems += [_lies_abroad(number, name) for number, name, _ in far]
        left_off += all_far - len(far)
    target.execute(text("DROP TABLE pg_temp.covering, pg_temp.meant, pg_temp.outside"))
    placement = Placement(checked - outside, outside, rows - checked)
    return Placed(placement, problems, left_off)


_FEW_ABROAD = 20
"""Rows abroad that are told one by one, whatever their share."""


def _all_abroad(count: int, rows: int) -> Problem:
    message = (
        f"{rows} 行中有 {count} 行在国境范围之外，像是外国名录，已照原位置保留；如应在国内，请核对"
        f"坐标的符号与坐标系 · {count} of {rows} rows lie outside China, as in a list of another "
        "country; kept where they are. If they belong to China check the signs and the CRS"
    )
    return Problem(None, "lon", str(count), "outside_country", message)


def _lies_abroad(number: int, name: str) -> Problem:
    message = (
        f"「{name}」在国境范围之外，已保留，请核对坐标的符号与坐标系 · "
        "lies outside China; kept, please check the signs and the CRS"
    )
    return Problem(number, "lon", None, "outside_country", message)


def _lies_outside(number: int, stated: str, name: str, away_m: float) -> Problem:
    message = (
        f"「{name}」位于所述的{stated}之外 {away_m:.0f} 米（量算值），已保留，请核对 · "
        f"lies {away_m:.0f} m outside {stated}; kept, please check"
    )
    return Problem(number, "stated_unit", stated, "outside_stated_unit", message)
