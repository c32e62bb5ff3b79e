"""What does the register tell of a marker on a day?

For those who have the right: all but number, lines and state is kept from the public, whom
`public_markers` answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import BELOW, Reader, unit
from geo.survey.markers.positions import Position, doubt_of_archive
from geo.survey.markers.references import ReferenceObject, read_objects

STATES_ZH = {
    "intact": "完好", "leaning": "倾斜", "damaged": "损坏", "lost": "丢失", "moved": "移位",
    "buried": "掩埋", "unknown": "未知",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marker:
    """A version of a marker; None is unknown. place_codes: divisions, its own side first."""

    number: str
    line_codes: tuple[str, ...]
    serial: int | None
    type_code: str | None
    level: int | None
    material: str | None
    faces: int | None
    state: str
    data_id: str | None
    place_codes: tuple[str, ...]
    position_text: str | None
    custodian: str | None
    agreement_no: str | None
    archived: Position | None
    objects: tuple[ReferenceObject, ...]
    is_published: bool
    is_synthetic: bool
    valid_from: date | None
    valid_until: date | None
    validity_note: str | None
    source: str | None
    source_date: date | None


_MARKERS = """
SELECT m.number, m.line_codes, m.serial, m.type_code, m.level, m.material, m.faces, m.state,
    m.data_id, m.place_codes, m.position_text, m.custodian, m.agreement_no, m.archived_crs,
    m.archived_x, m.archived_y, m.archived_sigma_m, m.transformation, m.height_m, m.height_datum,
    m.is_approximate, m.reference_objects, ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat,
    m.is_published, m.is_synthetic, lower(m.validity) AS valid_from,
    upper(m.validity) AS valid_until, m.validity_note, m.source, m.source_date
FROM boundary_marker m WHERE """
_BY_NUMBER = text(f"{_MARKERS} m.number = :number AND m.validity @> CAST(:on AS date)")
_VERSIONS = text(f"{_MARKERS} m.number = :number ORDER BY lower(m.validity) NULLS FIRST")
_BY_LINE = text(
    f"{_MARKERS} m.line_codes && CAST(:lines AS text[]) AND m.validity @> CAST(:on AS date)"
    " ORDER BY m.number"
)
_LINES_WITHIN = text(f"""
WITH RECURSIVE {BELOW}
SELECT l.code FROM boundary_line l WHERE l.validity @> CAST(:on AS date)
    AND (l.left_code IN (SELECT code FROM below) OR l.right_code IN (SELECT code FROM below))
ORDER BY l.code""")


def markers(
    session: Reader, *, on: date, line: str | None = None, within: str | None = None
) -> list[Marker]:
    """The markers of a line, or of all lines that touch a division, on a day, by number.

    Raises BadInput unless exactly one of both is given, NotFound for an unknown division.
    """
    if (line is None) == (within is None):
        raise BadInput(
            both("请给出界线代码或区划之一。", "give a line or a division"), parameter="line"
        )
    codes = [line]
    if within is not None:
        code = unit(session, within, on).code
        codes = list(session.execute(_LINES_WITHIN, {"code": code, "on": on}).scalars())
    rows = session.execute(_BY_LINE, {"lines": codes, "on": on})
    return [_marker(row._mapping) for row in rows]


def marker(session: Reader, number: str, on: date) -> Marker:
    """One marker by its full number. Raises NotFound."""
    row = session.execute(_BY_NUMBER, {"number": number.strip(), "on": on}).first()
    if row is None:
        known = _known_from(session, number, on)
        raise NotFound(
            both(
                f"{on} 没有编号为 {number[:40]} 的界桩。{known[0]}",
                f"no marker {number[:40]} is on record on {on}{known[1]}",
            )
        )
    return _marker(row._mapping)


def _known_from(session: Reader, number: str, on: date) -> tuple[str, str]:
    """For a marker that is on record only later: since when, and what to do about it."""
    since = [v.valid_from for v in versions_of(session, number.strip())]
    first = since[0] if since else None
    if first is None or first <= on:
        return "", ""
    return (
        f"登记簿自 {first} 起才有；早有的界桩请用 --on 写明登记簿日期重新导入。",
        f"; the register has it from {first}: load it with the register's own day (--on)",
    )


def versions_of(session: Reader, number: str) -> list[Marker]:
    """Every version of a marker, oldest first."""
    return [_marker(row._mapping) for row in session.execute(_VERSIONS, {"number": number})]


def _marker(row: Mapping[Any, Any]) -> Marker:
    same = {name: row[name] for name in Marker.__slots__ if name in row}
    same["line_codes"] = tuple(row["line_codes"])
    same["place_codes"] = tuple(row["place_codes"] or ())
    return Marker(**same, archived=_archived(row), objects=read_objects(row["reference_objects"]))


def _archived(row: Mapping[Any, Any]) -> Position | None:
    """The archived place with its doubt; None where the register has no coordinates."""
    has_place = row["lon"] is not None
    if not has_place and row["archived_x"] is None:
        return None
    doubt = doubt_of_archive(
        row["archived_crs"], row["transformation"], row["is_approximate"], has_place
    )
    return Position(
        row["archived_crs"], row["archived_x"], row["archived_y"], row["lon"], row["lat"],
        row["archived_sigma_m"], row["height_m"], row["height_datum"], None,
        row["transformation"], doubt,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicMarker:
    """What the public is told of a published marker: never where it stands."""

    number: str
    line_codes: tuple[str, ...]
    level: int | None
    state: str
    is_synthetic: bool
    source: str | None
    source_date: date | None


_PUBLIC = text("""
SELECT m.number, m.line_codes, m.level, m.state, m.is_synthetic, m.source, m.source_date
FROM boundary_marker m WHERE m.validity @> CAST(:on AS date)
    AND (CAST(:line AS text) IS NULL OR m.line_codes && ARRAY[CAST(:line AS text)])
ORDER BY m.number LIMIT :limit OFFSET :offset""")


def public_markers(
    public: Reader, *, on: date, line: str | None = None, limit: int = 100, offset: int = 0
) -> list[PublicMarker]:
    """Published markers by number, read as the public: number, lines, level and state."""
    asked = {"on": on, "line": line, "limit": limit, "offset": offset}
    return [
        PublicMarker(**{**row._mapping, "line_codes": tuple(row.line_codes)})
        for row in public.execute(_PUBLIC, asked)
    ]  # fmt: skip
