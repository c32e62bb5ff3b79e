"""What do the teams take into the field: the lines, their markers, stretches and tri-junctions?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text

from geo.errors import NotFound, both
from geo.queries.admin import Reader
from geo.survey.inspections.along import CGCS2000, Ruler, chainage_of, ruler_of, stretch
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.due import line_label

ENDS_MEET_M = 1.0
"""Ends of lines as near as this meet in one point."""

_LINES = text(
    """SELECT l.code, l.name, l.level, l.basis, l.left_code, l.right_code, lu.name AS left_name,
        ru.name AS right_name, l.is_disputed, l.is_synthetic, l.archive_scale, l.source,
        l.published_length_m, ST_AsBinary(l.geom) AS geom
    FROM boundary_line l
    LEFT JOIN admin_unit lu ON lu.code = l.left_code AND lu.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit ru ON ru.code = l.right_code AND ru.validity @> CAST(:on AS date)
    WHERE l.code = ANY(:codes) AND l.validity @> CAST(:on AS date)"""
)
_MARKERS = text(
    """SELECT m.number, m.line_codes, m.serial, m.type_code, m.level, m.state, m.material, m.faces,
        m.position_text, m.reference_objects, m.height_m, m.height_datum, m.archived_crs,
        m.archived_x, m.archived_y, m.archived_sigma_m, m.transformation, m.is_approximate,
        m.custodian, m.place_codes, ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat, m.is_synthetic,
        m.source
    FROM boundary_marker m
    WHERE m.line_codes && CAST(:codes AS text[]) AND m.validity @> CAST(:on AS date)
    ORDER BY m.number"""
)
_MEETING = text(
    """SELECT l.left_code, l.right_code FROM boundary_line l
    WHERE l.validity @> CAST(:on AS date) AND l.level = :level
      AND l.geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), 0.0001)
      AND ST_DWithin(l.geom::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography,
                     :within_m)"""
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The line between two markers, as the desk and the field check it one by one."""

    id: str
    line_code: str
    from_label: str
    to_label: str
    from_m: float
    to_m: float
    geom: Any

    @property
    def label(self) -> str:
        """From marker to marker."""
        return f"{self.from_label}至{self.to_label}"


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker as the register has it. chainage_m: on each of the campaign's lines that it stands
    on; lon, lat None: no place in CGCS2000 is known."""

    number: str
    line_codes: tuple[str, ...]
    about: dict[str, Any]
    lon: float | None
    lat: float | None
    chainage_m: dict[str, float]

    @property
    def lines_here(self) -> tuple[str, ...]:
        """The campaign's lines that it stands on."""
        return tuple(self.chainage_m)


@dataclass(frozen=True, slots=True)
class Junction:
    """A point where the ends of three or more lines of one level meet."""

    lon: float
    lat: float
    units: tuple[str, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A line of the campaign with its ruler."""

    code: str
    label: str
    level: int
    basis: str
    left_code: str
    left_name: str | None
    right_code: str
    right_name: str | None
    is_disputed: bool
    is_synthetic: bool
    archive_scale: int | None
    source: str | None
    published_length_m: float | None
    geom: Any
    ruler: Ruler


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that a campaign inspects, as it stood on a day."""

    on: date
    lines: tuple[GroundLine, ...]
    markers: tuple[Marker, ...]
    stretches: tuple[Stretch, ...]
    junctions: tuple[Junction, ...]

    @property
    def has_synthetic(self) -> bool:
        """Whether any of it is made up."""
        rows = [line.is_synthetic for line in self.lines]
        return any(rows + [bool(marker.about["is_synthetic"]) for marker in self.markers])

    @property
    def sources(self) -> tuple[str, ...]:
        """Where lines and markers come from."""
        told = [line.source for line in self.lines] + [m.about["source"] for m in self.markers]
        return tuple(dict.fromkeys(one for one in told if one))

    def line(self, code: str) -> GroundLine:
        """A line by its code."""
        return next(line for line in self.lines if line.code == code)


def ground_of(session: Reader, one: Campaign, *, on: date | None = None) -> Ground:
    """The campaign's ground on a day, default its first one. Raises NotFound for a lost line."""
    day = on or one.opened_on
    asked = {"codes": list(one.line_codes), "on": day}
    rows = {row.code: row for row in session.execute(_LINES, asked)}
    if missing := [code for code in one.line_codes if code not in rows]:
        raise NotFound(
            both(f"界线 {missing[0]} 在 {day} 已不存在。", f"line {missing[0]} is gone on {day}")
        )
    lines = tuple(_line(rows[code]) for code in one.line_codes)
    markers = _markers(session.execute(_MARKERS, asked).all(), lines)
    stretches = tuple(part for line in lines for part in _stretches(line, markers))
    return Ground(day, lines, markers, stretches, _junctions(session, lines, day))


def _line(row: Any) -> GroundLine:
    geom = shapely.from_wkb(bytes(row.geom))
    label = line_label(row.name, row.left_name or row.left_code, row.right_name or row.right_code)
    return GroundLine(
        row.code, label, row.level, row.basis, row.left_code, row.left_name, row.right_code,
        row.right_name, row.is_disputed, row.is_synthetic, row.archive_scale, row.source,
        row.published_length_m, geom, ruler_of(geom),
    )  # fmt: skip


def _markers(rows: Any, lines: tuple[GroundLine, ...]) -> tuple[Marker, ...]:
    made = []
    for row in rows:
        about = dict(row._mapping)
        lon, lat = about.pop("lon"), about.pop("lat")
        number, codes = about.pop("number"), tuple(about.pop("line_codes"))
        chainage: dict[str, float] = {}
        for line in lines:
            if line.code in codes:
                known = lon is not None and lat is not None
                chainage[line.code] = (
                    chainage_of(line.ruler, lon, lat)[0] if known else float("nan")
                )
        made.append(Marker(number, codes, about, lon, lat, chainage))
    return tuple(made)


def _stretches(line: GroundLine, markers: tuple[Marker, ...]) -> list[Stretch]:
    """Between each two markers that follow each other; start and end of the line count too."""
    total = line.ruler.total_m
    stops = sorted(
        (marker.chainage_m[line.code], marker.number)
        for marker in markers
        if line.code in marker.chainage_m and not np.isnan(marker.chainage_m[line.code])
    )
    marks = [(0.0, "起点"), *stops, (total, "止点")]
    made: list[Stretch] = []
    for (start, first), (end, second) in pairwise(marks):
        if end - start > ENDS_MEET_M:
            geom = stretch(line.ruler, start, end)
            name = f"{line.code}#{len(made) + 1:02d}"
            made.append(Stretch(name, line.code, first, second, start, end, geom))
    return made


def _junctions(session: Reader, lines: tuple[GroundLine, ...], day: date) -> tuple[Junction, ...]:
    found: list[Junction] = []
    for line in lines:
        ruler = line.ruler
        for lon, lat in (ruler.at(0.0), ruler.at(ruler.total_m)):
            if any(CGCS2000.inv(lon, lat, j.lon, j.lat)[2] <= ENDS_MEET_M for j in found):
                continue
            asked = {"on": day, "level": line.level, "lon": lon, "lat": lat,
                     "within_m": ENDS_MEET_M}  # fmt: skip
            met = session.execute(_MEETING, asked).all()
            if len(met) >= 3:
                units = sorted({code for row in met for code in row})
                found.append(Junction(lon, lat, tuple(units), len(met)))
    return tuple(found)
