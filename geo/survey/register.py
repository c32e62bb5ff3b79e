"""Which boundary lines and markers are on record on a day, and on what does each line rest?

One text serves staff and public: `search_path` decides which rows are there. What is not public
(disputed stretches, positions of markers) is read only where the caller says that it has the right.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import text

from geo.errors import NotFound, both
from geo.queries.admin import BELOW, Reader, unit
from geo.survey.derived.names import SKETCH, Shorten, line_words, short_name, specific_name
from geo.survey.lines import MEASURED

BASES_ZH = {"agreement": "协议书", "detailed_map": "详图", "derived": f"推导（{SKETCH}）"}
BASES_EN = {"agreement": "agreement", "detailed_map": "detailed map", "derived": "derived (sketch)"}
NOTE = (
    "示意，不作为划界依据；长度为量算值，不是法定数据 · "
    "schematic, no basis for delimitation; lengths are measured, no legal figures"
)

_LINES = """
WITH RECURSIVE {below}, own AS MATERIALIZED (SELECT code FROM below), chosen AS MATERIALIZED (
    SELECT l.* FROM boundary_line l
    WHERE l.validity @> CAST(:on AS date) AND (CAST(:level AS smallint) IS NULL OR l.level = :level)
      AND (l.left_code IN (SELECT code FROM own) OR l.right_code IN (SELECT code FROM own)
           OR l.code = :line)
), above AS (
    SELECT DISTINCT u.code AS start, u.code, u.name, u.level, u.parent_code
    FROM chosen c JOIN admin_unit u ON u.code IN (c.left_code, c.right_code)
    WHERE u.validity @> CAST(:on AS date)
    UNION
    SELECT a.start, u.code, u.name, u.level, u.parent_code
    FROM above a JOIN admin_unit u ON u.code = a.parent_code
    WHERE u.validity @> CAST(:on AS date)
)
SELECT c.code, c.name, c.level, c.left_code, c.right_code, c.basis, c.document_no, c.archive_scale,
    c.published_length_m, c.last_inspected_on, lower(c.validity) AS valid_from,
    upper(c.validity) AS valid_until, c.validity_note, c.source, c.source_date, c.method,
    c.is_synthetic, {private}, ST_AsBinary(c.geom) AS wkb,
    ST_Length(CAST(c.geom AS geography)) AS length_m,
    (SELECT a.name FROM above a WHERE a.start = c.left_code AND a.code = a.start) AS left_name,
    (SELECT a.name FROM above a WHERE a.start = c.right_code AND a.code = a.start) AS right_name,
    (SELECT min(a.level) FROM above a JOIN above b ON b.level = a.level AND b.code <> a.code
     WHERE a.start = c.left_code AND b.start = c.right_code) AS grade
FROM chosen c ORDER BY c.level, c.code"""
_MARKERS = text("""
SELECT m.number, m.line_codes, m.serial, m.type_code, m.state, m.archived_crs, m.archived_x,
    m.archived_y, m.is_approximate, m.source, m.source_date, m.is_synthetic,
    ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat
FROM boundary_marker m WHERE m.validity @> CAST(:on AS date) AND m.line_codes && :codes
ORDER BY m.number""")


@dataclass(frozen=True, slots=True)
class LineOnRecord:
    """One version of a line. None is unknown, never empty.

    label: for display, 示意线 where derived; name: the official one, never for a derived line.
    grade: highest level that it parts (1 province …). length_m: geodesic metres of `geom` (量算值);
    published_length_m: as published. is_disputed: None where the caller may not know.
    """

    code: str
    label: str
    name: str | None
    level: int
    grade: int | None
    left_code: str
    left_name: str | None
    right_code: str
    right_name: str | None
    basis: str
    document_no: str | None
    archive_scale: int | None
    length_m: float
    published_length_m: float | None
    last_inspected_on: date | None
    valid_from: date | None
    valid_until: date | None
    validity_note: str | None
    source: str | None
    source_date: date | None
    method: str | None
    is_synthetic: bool
    is_disputed: bool | None
    geom: Any

    @property
    def is_derived(self) -> bool:
        """It rests on outlines, not on a document: a sketch."""
        return self.basis == "derived"

    def told(self) -> dict[str, Any]:
        """Everything but the shape, with the words that go beside every figure."""
        named = {name: getattr(self, name) for name in self.__slots__ if name != "geom"}
        if self.is_disputed is None:
            del named["is_disputed"]
        named["length_m"] = round(self.length_m, 1)
        return named | {
            "is_derived": self.is_derived, "basis_zh": BASES_ZH[self.basis],
            "basis_en": BASES_EN[self.basis], "measure": MEASURED,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkerOnRecord:
    """A marker with its archived place, lon and lat in degrees: for surveyors only."""

    number: str
    line_codes: tuple[str, ...]
    serial: int | None
    type_code: str | None
    state: str
    archived_crs: str | None
    archived_x: float | None
    archived_y: float | None
    is_approximate: bool
    source: str | None
    source_date: date | None
    is_synthetic: bool
    lon: float | None
    lat: float | None


def lines_on_record(
    session: Reader, within: str, *, on: date, level: int | None = None, internal: bool = False
) -> tuple[LineOnRecord, ...]:
    """The lines of a division and of all under it on a day, of one level or of all.

    internal: also tell which stretches are disputed; only where the caller has the right and reads
    the tables, not the public views. Raises NotFound for an unknown division.
    """
    code = unit(session, within, on).code
    return _read(session, {"code": code, "line": None, "level": level, "on": on}, internal)


def line_on_record(session: Reader, code: str, *, on: date, internal: bool = False) -> LineOnRecord:
    """One line by its code. Raises NotFound where none is in force on the day."""
    found = _read(session, {"code": "", "line": code, "level": None, "on": on}, internal)
    if not found:
        raise NotFound(
            both(f"{on} 没有代码为「{code[:60]}」的界线。", f"no line {code[:60]!r} on {on}")
        )
    return found[0]


def markers_on_record(session: Reader, codes: list[str], *, on: date) -> tuple[MarkerOnRecord, ...]:
    """The markers of some lines with their places; only for a caller who has the right."""
    rows = session.execute(_MARKERS, {"codes": codes, "on": on})
    return tuple(
        MarkerOnRecord(**{**row._mapping, "line_codes": tuple(row.line_codes)}) for row in rows
    )


def _read(session: Reader, values: dict[str, Any], internal: bool) -> tuple[LineOnRecord, ...]:
    private = "c.is_disputed" if internal else "CAST(NULL AS boolean) AS is_disputed"
    rows = session.execute(text(_LINES.format(below=BELOW, private=private)), values).all()
    found = [_line(dict(row._mapping), short_name) for row in rows]
    times = Counter(one.label for one in found)
    return tuple(
        one if times[one.label] == 1 else _line(dict(row._mapping), specific_name)
        for one, row in zip(found, rows, strict=True)
    )


def _line(row: dict[str, Any], rule: Shorten) -> LineOnRecord:
    geom = shapely.from_wkb(bytes(row.pop("wkb")))
    sides = [(row[f"{side}_code"], row[f"{side}_name"] or row[f"{side}_code"])
             for side in ("left", "right")]  # fmt: skip
    if row["basis"] == "derived":
        row["name"] = None  # whatever somebody delivered: a derived line has no official name
    label = row["name"] or line_words(sides[0], sides[1], row["level"], rule)
    if row["basis"] != "derived" and row["name"] is None:
        label = label.replace(f"（{SKETCH}）", "")
    return LineOnRecord(label=label, geom=geom, **row)
