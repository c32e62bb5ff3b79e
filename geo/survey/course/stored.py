"""How is a line on record told and checked: with its markers, the gazetteer and the roads?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import shapely
from sqlalchemy import text

from geo.queries.admin import Reader
from geo.survey.course.check import check_course
from geo.survey.course.draft import Draft, draft_course
from geo.survey.course.features import Feature
from geo.survey.course.found import Checked
from geo.survey.course.rules import Rules, turn_for_scale
from geo.survey.course.stops import Marker
from geo.survey.register import BASES_ZH, LineOnRecord, line_on_record, markers_on_record

DRAFT_REACH_M = 300.0
CHECK_REACH_M = 3000.0
"""How far from the line named things are looked for; further ones count as unknown."""

# Degrees per metre, on the safe side for latitudes up to 70°: only to find candidates by index.
_DEGREES_PER_METRE = 1 / 38_000
_KINDS: dict[str, Literal["road", "water", "other"]] = {"R": "road", "H": "water"}

# Standard names in force that year; divisions are no features, their names are those of the sides.
_PLACES = text("""
SELECT DISTINCT n.name, p.feature_class, ST_AsBinary(s.geom) AS wkb, p.source,
    p.is_synthetic
FROM place_position s JOIN place p ON p.id = s.place_id JOIN place_name n ON n.place_id = p.id
WHERE ST_DWithin(s.geom, ST_GeomFromWKB(:line, 4490), :reach)
  AND s.quality IN ('surveyed', 'point', 'approximate')
  AND (s.start_year IS NULL OR s.start_year <= :year)
  AND (s.end_year IS NULL OR s.end_year >= :year)
  AND p.feature_class <> 'A' AND n.kind IN ('standard', 'short') AND n.language = 'zh'
  AND (n.start_earliest IS NULL OR n.start_earliest <= :year)
  AND (n.end_latest IS NULL OR n.end_latest >= :year)""")
_ROADS = text("""
SELECT e.name, ST_AsBinary(e.geom) AS wkb, e.source, e.is_synthetic
FROM road_edge e
WHERE e.name IS NOT NULL AND ST_DWithin(e.geom, ST_GeomFromWKB(:line, 4490), :reach)""")


@dataclass(frozen=True, slots=True)
class Told:
    """A draft, or the check of a text, of a line on record on a day.

    markers: how many are on record; 0 is said, for then only ends are named.
    """

    line: LineOnRecord
    on: date
    markers: int
    draft: Draft | None = None
    checked: Checked | None = None

    @property
    def has_synthetic(self) -> bool:
        """Whether the line, or a feature that was used, is made up."""
        made = self.draft or self.checked
        return self.line.is_synthetic or bool(made and made.has_synthetic)


def draft_of_line(session: Reader, code: str, *, on: date, turn_m: float | None = None) -> Told:
    """A draft of a line's 走向说明, for staff: it reads markers' places.

    `turn_m`: see `Rules`; default 1 mm on the archive's map, 50 m where its scale is unknown.
    Raises NotFound for a line that is not in force.
    """
    line, markers, rules = _given(session, code, on, turn_m)
    features = features_near(session, line.geom, on=on, reach_m=DRAFT_REACH_M)
    draft = draft_course(
        line.geom, markers, features, title=line.label, rules=rules, basis=_basis(line)
    )
    return Told(line, on, len(markers), draft=draft)


def check_of_line(
    session: Reader, code: str, words: str, *, on: date, turn_m: float | None = None
) -> Told:
    """Check a text against a line, for staff: it reads markers' places. Errors as its draft."""
    line, markers, rules = _given(session, code, on, turn_m)
    features = features_near(session, line.geom, on=on, reach_m=CHECK_REACH_M)
    checked = check_course(line.geom, words, markers, features, rules=rules)
    return Told(line, on, len(markers), checked=checked)


def features_near(session: Reader, line: Any, *, on: date, reach_m: float) -> list[Feature]:
    """Named places and roads within metres of a line (degrees), as the day has them."""
    asked = {
        "line": shapely.to_wkb(line), "reach": reach_m * _DEGREES_PER_METRE, "year": on.year,
    }  # fmt: skip
    places = [
        Feature(
            row.name, _KINDS.get(row.feature_class, "other"),
            shapely.from_wkb(bytes(row.wkb)), row.source, row.is_synthetic,
        )
        for row in session.execute(_PLACES, asked)
    ]  # fmt: skip
    roads = [
        Feature(row.name, "road", shapely.from_wkb(bytes(row.wkb)), row.source, row.is_synthetic)
        for row in session.execute(_ROADS, asked)
    ]
    return places + roads


def _given(
    session: Reader, code: str, on: date, turn_m: float | None
) -> tuple[LineOnRecord, list[Marker], Rules]:
    line = line_on_record(session, code, on=on, internal=True)
    markers = [
        Marker(one.number, one.lon, one.lat, one.type_code, one.serial)
        for one in markers_on_record(session, [code], on=on)
    ]
    rules = Rules(turn_m=turn_for_scale(line.archive_scale) if turn_m is None else turn_m)
    return line, markers, rules


def _basis(line: LineOnRecord) -> str:
    return f"界线依据：{BASES_ZH[line.basis]}{' ' + line.document_no if line.document_no else ''}"
