"""How do questions and answers about boundary lines look?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import orjson
import shapely
from fastapi import Path
from pydantic import Field

from api.schemas.answers import Answer, Collection
from api.schemas.parameters import Text
from geo.survey.exports import MEDIA
from geo.survey.register import NOTE, LineOnRecord, MarkerOnRecord
from geo.survey.trijunctions import KIND_ZH, Junction

DIGITS = 6
LineCode = Annotated[
    Text, Path(description="界线代码 · code of the line", examples=["DERIVED-3-320402-320404"])
]
INTERNAL = "内部资料：界桩坐标不得公开 · internal: coordinates of markers are never public"
WITHHELD = "没有审图号，公开模式不提供图形 · no approval number: public mode serves no line"


class LineTold(Answer):
    """A boundary line; null is unknown. A derived one has no official name and reads 示意线."""

    code: str
    label: str
    name: str | None
    level: int
    grade: int | None = Field(description="highest level that it parts: 1 province …")
    left_code: str
    left_name: str | None
    right_code: str
    right_name: str | None
    basis: str = Field(description="agreement, detailed_map or derived")
    basis_zh: str
    basis_en: str
    is_derived: bool
    document_no: str | None
    archive_scale: int | None
    length_m: float = Field(description="量算值: measured on the geometry, no legal figure")
    measure: str
    published_length_m: float | None
    last_inspected_on: date | None
    valid_from: date | None
    valid_until: date | None
    validity_note: str | None
    source: str | None
    source_date: date | None
    method: str | None
    is_synthetic: bool
    is_later: bool = Field(description="its source is younger than the day asked about")


class LineToldInside(LineTold):
    """A line with what is for surveyors only."""

    is_disputed: bool


class LineMap(Collection[LineTold]):
    """Boundary lines on a day."""

    on: date
    note: str
    approval: str | None
    geometry_note: str | None = None


class Register(Collection[LineToldInside]):
    """All lines with those that are not public."""

    on: date
    note: str
    approval: str | None
    geometry_note: str | None = None


class MarkerPlaceTold(Answer):
    """A marker with its archived coordinates: for surveyors only."""

    number: str
    line_codes: list[str]
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


class MarkerPlaces(Collection[MarkerPlaceTold]):
    """Markers of a division's lines where their archives put them."""

    on: date
    warning: str


class JunctionTold(Answer):
    """A point at which lines meet; units clockwise, null is unknown ground."""

    kind: str = Field(description=" ".join(KIND_ZH))
    kind_zh: str
    codes: list[str | None]
    names: list[str | None]
    lines: int
    with_outside: bool
    spread_m: float
    basis: str
    is_synthetic: bool


class JunctionMap(Collection[JunctionTold]):
    """Tri-junctions, and other points where lines meet."""

    on: date
    note: str
    approval: str | None
    source: str | None
    source_date: date | None
    missing: list[str] = Field(description="units without an outline: their points are missing")
    geometry_note: str | None = None


class FindingTold(Answer):
    """A place that does not fit, or a suggestion for it."""

    number: int
    role: str = Field(description="place or suggestion")
    kind: str
    kind_zh: str
    kind_en: str
    is_fault: bool
    codes: list[str]
    names: list[str]
    area_m2: float | None
    length_m: float | None
    measure: str
    suggestion_zh: str
    suggestion_en: str


class QualityMap(Collection[FindingTold]):
    """What a check of the areas of a level found; nothing was changed."""

    on: date
    level: int
    checked: int
    is_sound: bool
    missing: list[str]
    note: str


SCHEMAS: dict[str, Any] = {
    "LinesFile": {
        "title": "LinesFile", "type": "string", "format": "binary",
        "description": "Lines with basis, source, day and measured length (量算值) of each.",
    }
}  # fmt: skip


def file_answer(ending: str) -> dict[str, Any]:
    """How a file is documented."""
    schema = {"$ref": "#/components/schemas/LinesFile"}
    return {"description": ending.upper(), "content": {MEDIA[ending]: {"schema": schema}}}


def lines_told(
    lines: tuple[LineOnRecord, ...], *, on: date, approval: str | None, drawn: bool
) -> dict[str, Any]:
    """Lines as a FeatureCollection; without shapes where none may be served."""
    features = [
        {
            "type": "Feature",
            "geometry": _shape(one.geom) if drawn else None,
            "properties": one.told() | {"is_later": bool(one.source_date and one.source_date > on)},
        }
        for one in lines
    ]
    return {
        "type": "FeatureCollection", "numberReturned": len(features),
        "has_synthetic": any(one.is_synthetic for one in lines), "on": on, "note": NOTE,
        "approval": approval, "features": features, **({} if drawn else _WHY),
    }  # fmt: skip


def marker_places_told(rows: tuple[MarkerOnRecord, ...], on: date) -> dict[str, Any]:
    """Markers as a FeatureCollection; one without a firm place has geometry null."""
    features = [
        {
            "type": "Feature",
            "geometry": None if one.lon is None or one.lat is None
            else {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {name: getattr(one, name) for name in MarkerPlaceTold.model_fields},
        }
        for one in rows
    ]  # fmt: skip
    return {
        "type": "FeatureCollection", "numberReturned": len(features), "on": on,
        "has_synthetic": any(one.is_synthetic for one in rows), "warning": INTERNAL,
        "features": features,
    }  # fmt: skip


def junctions_told(
    found: list[Junction], facts: dict[str, Any], *, on: date, approval: str | None, drawn: bool
) -> dict[str, Any]:
    """Junctions as a FeatureCollection; without places where none may be served."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(one.lon, DIGITS),
                                                          round(one.lat, DIGITS)]}
            if drawn else None,
            "properties": {
                "kind": one.kind, "kind_zh": KIND_ZH[one.kind], "codes": one.codes,
                "names": one.names, "lines": one.lines, "with_outside": one.with_outside,
                "spread_m": round(one.spread_m, 3), "basis": "derived",
                "is_synthetic": any(
                    facts[code].is_synthetic for code in one.codes if code in facts
                ),
            },
        }
        for one in found
    ]  # fmt: skip
    rows = [facts[code] for one in found for code in one.codes if code in facts]
    return {
        "type": "FeatureCollection", "numberReturned": len(features),
        "has_synthetic": any(row.is_synthetic for row in rows), "on": on,
        "note": f"由区划图形推导，非实测位置；{NOTE}", "approval": approval,
        "source": "；".join(dict.fromkeys(row.source for row in rows if row.source)) or None,
        "source_date": max((row.source_date for row in rows if row.source_date), default=None),
        "features": features, **({} if drawn else _WHY),
    }  # fmt: skip


_WHY = {"geometry_note": WITHHELD}


def _shape(geom: Any) -> Any:
    return orjson.Fragment(shapely.to_geojson(shapely.set_precision(geom, 0.0)))
