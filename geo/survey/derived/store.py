"""How do derived lines of a city reach the table, without touching agreed ones?

A line with basis agreement or detailed_map, and one that somebody delivered, stands: no derived
line is put beside it. Derived lines have a key of our own, no name, and say how they were made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import text

from geo.models import STORED_SRID
from geo.queries.admin import Reader
from geo.survey.derived.city import CityLines, lines_of_city
from geo.survey.lines import Line
from geo.survey.topology.units import LEVEL_ZH

METHOD = (
    "由两侧区划图形的公共边推导，示意线，不作划界依据 · derived from the common border of two "
    "outlines; a sketch, no basis for demarcation"
)
KEY = "DERIVED-"
"""With this the key of a derived line begins; it is no official code."""

_PRESENT = text("""
SELECT id, code, level, left_code, right_code, basis, delivery_id, is_disputed,
       lower(validity) AS begins, ST_AsBinary(geom) AS wkb
FROM boundary_line
WHERE level = ANY(:levels) AND validity @> CAST(:on AS date)
  AND (left_code = ANY(:codes) OR right_code = ANY(:codes))""")
_COLUMNS = """level = :level, left_code = :left, right_code = :right,
    geom = ST_GeomFromEWKB(decode(:geom, 'hex')), extra = CAST(:extra AS jsonb),
    validity_note = :note, source = :source, source_date = :dated, is_synthetic = :synthetic,
    method = :method, is_published = :published"""
_INSERT = text("""
INSERT INTO boundary_line (code, level, left_code, right_code, basis, geom, extra, validity,
    validity_note, source, source_date, is_synthetic, method, is_published)
VALUES (:code, :level, :left, :right, 'derived', ST_GeomFromEWKB(decode(:geom, 'hex')),
    CAST(:extra AS jsonb), daterange(:begins, least(CAST(:ends AS date), (
        SELECT min(lower(later.validity)) FROM boundary_line later
        WHERE later.code = :code AND lower(later.validity) > CAST(:on AS date)))),
    :note, :source, :dated, :synthetic, :method, :published)""")
_UPDATE = text(f"UPDATE boundary_line SET {_COLUMNS} WHERE id = :id")
_END = text("UPDATE boundary_line SET validity = daterange(lower(validity), :day) WHERE id = :id")
_DELETE = text("DELETE FROM boundary_line WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Stored:
    """What `store_lines` did. left: display labels of lines that stand by agreement, detailed map
    or delivery; ended: keys of derived lines that gave way to these, or that no outlines have now;
    outer: edges of the city's units with an unknown other side, which are not stored; missing:
    units without outline.
    """

    begun: int
    corrected: int
    unchanged: int
    left: tuple[str, ...]
    ended: tuple[str, ...]
    outer: int
    missing: tuple[str, ...]


def key_of(line: Line) -> str:
    """Our own key of a line between two known sides: DERIVED-3-320402-320404."""
    sides = sorted(_short(code) for code in (line.left, line.right) if code)
    return f"{KEY}{line.level}-{'-'.join(sides)}"


def _short(code: str) -> str:
    for length in (6, 9):
        if set(code[length:]) <= {"0"}:
            return code[:length]
    return code


def store_lines(session: Reader, city: str, *, on: date, level: int = 3) -> Stored:
    """Derive the lines of a city on a day and keep them with basis `derived`; the caller commits.

    Running it again changes nothing. A changed outline corrects a line in place while its sides'
    versions are the same, else begins a new version. Errors as `lines_of_city`.
    """
    found = lines_of_city(session, city, on=on, level=level)
    shared = [
        line for at, rows in found.chosen.items() for line in (found.lines[at][i] for i in rows)
    ]
    outer = sum(line.left is None or line.right is None for line in shared)
    wanted = {_pair(line.level, line.left, line.right): line for line in shared
              if line.left is not None and line.right is not None}  # fmt: skip
    present: dict[Any, list[Any]] = {}
    own = [code for at in found.chosen for code in _own_codes(found, at)]
    for row in session.execute(_PRESENT, {"levels": list(found.chosen), "on": on, "codes": own}):
        present.setdefault(_pair(row.level, row.left_code, row.right_code), []).append(row)
    counts = {"begun": 0, "corrected": 0, "unchanged": 0}
    left, ended = [], []
    for pair, line in wanted.items():
        rows = present.pop(pair, [])
        if standing := [row for row in rows if not _is_ours(row)]:
            left.append(line.label)
            since = min((row.begins for row in standing if row.begins), default=on)
            ended += _end_ours(session, rows, since)  # the sketch that stood until it came
            continue
        counts[_keep(session, found, line, rows)] += 1
    for rows in present.values():
        ended += _end_ours(session, rows, on)
    return Stored(
        **counts, left=tuple(left), ended=tuple(ended), outer=outer, missing=found.given.missing
    )


def _own_codes(found: CityLines, level: int) -> list[str]:
    lines = found.lines[level]
    if level == found.given.units.level:
        return sorted(found.given.own)
    above = zip(found.given.units.codes, found.given.units.superiors[level], strict=True)
    mine = {one[0] for code, one in above if one and code in found.given.own}
    return sorted(mine & set(lines.units.codes))


def _pair(level: int, one: str | None, other: str | None) -> tuple[int, frozenset[str | None]]:
    return level, frozenset((one, other))


def _is_ours(row: Any) -> bool:
    """Whether a stored line was derived here: not agreed, not disputed, not delivered."""
    made_here = row.delivery_id is None or row.code.startswith(KEY)
    return bool(row.basis == "derived" and not row.is_disputed and made_here)


def _keep(session: Reader, found: CityLines, line: Line, rows: list[Any]) -> str:
    """Insert, correct or confirm one line; the demonstration's line of that pair gives way."""
    values = _values(found, line)
    mine = [row for row in rows if row.code == values["code"]]
    for row in rows:
        if row.code != values["code"]:
            session.execute(_DELETE, {"id": row.id})
    begins = values["begins"]
    if mine and begins and not _is_same(mine[0], line) and (mine[0].begins or date.min) < begins:
        _end(session, mine[0], begins)  # another version of a side: the line begins anew with it
        mine = []
    if not mine:
        session.execute(_INSERT, values)
        return "begun"
    if _is_same(mine[0], line):
        return "unchanged"
    session.execute(_UPDATE, values | {"id": mine[0].id})
    return "corrected"


def _is_same(row: Any, line: Line) -> bool:
    stored = shapely.from_wkb(bytes(row.wkb))
    return bool(row.left_code == line.left and shapely.equals_identical(stored, line.geom))


def _end_ours(session: Reader, rows: list[Any], day: date) -> list[str]:
    mine = [row for row in rows if row.code.startswith(KEY) and _is_ours(row)]
    for row in mine:
        _end(session, row, day)
    return [row.code for row in mine]


def _end(session: Reader, row: Any, day: date) -> None:
    if row.begins is not None and row.begins >= day:
        session.execute(_DELETE, {"id": row.id})
    else:
        session.execute(_END, {"id": row.id, "day": day})


def _values(found: CityLines, line: Line) -> dict[str, Any]:
    sides = [found.given.facts[code] for code in (line.left, line.right) if code]
    begins = max((row.begins for row in sides if row.begins), default=None)
    dated = max((row.source_date for row in sides if row.source_date), default=None)
    known = f"{dated} 的图形" if dated else "所载图形"
    return {
        "code": key_of(line), "level": line.level, "left": line.left, "right": line.right,
        "geom": shapely.to_wkb(
            shapely.set_srid(line.geom, STORED_SRID), hex=True, include_srid=True
        ),
        "extra": json.dumps(
            {"label": line.label, "grade": line.grade, "grade_zh": LEVEL_ZH.get(line.grade or 0)},
            ensure_ascii=False,
        ),
        "begins": begins, "ends": min((row.ends for row in sides if row.ends), default=None),
        "on": found.given.on,
        "note": f"由 {known}推导；该日以前是否如此未知 · as of the outlines",
        "source": "；".join(dict.fromkeys(row.source for row in sides if row.source)) or None,
        "dated": dated, "synthetic": any(row.is_synthetic for row in sides), "method": METHOD,
        "published": all(row.is_published for row in sides),
    }  # fmt: skip
