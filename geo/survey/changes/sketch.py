"""What would the map look like before and after a planned change?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput, NotFound, both
from geo.queries.admin import Reader, full_code
from geo.survey.changes.crosswalk.outlines import Drawn, drawn, drawn_below
from geo.survey.changes.crosswalk.weights import area_m2

LEAST_M2 = 1.0
"""A remainder up to this area is the rounding of coordinates, not ground."""


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A division as a plan would leave it: made of whole divisions of today, or sketched.

    made_of: 12-digit codes of any level; outline: EPSG:4490, None where it follows from these.
    """

    name: str
    made_of: tuple[str, ...] = ()
    outline: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A division before or after; is_planned: it would come from the plan. outline: EPSG:4490."""

    code: str
    name: str
    is_planned: bool
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class Sketch:
    """The divisions that a plan touches, as they are, and as it would leave them."""

    before: tuple[Area, ...]
    after: tuple[Area, ...]
    sources: tuple[str, ...]
    has_synthetic: bool


def sketch(
    session: Reader, units: Sequence[PlannedUnit], *, within: str, level: int, on: date
) -> Sketch:
    """The before-map and the plan sketch. Untouched divisions of the level are on neither.

    What a plan leaves of a division keeps its code, and its name with 余部. Raises BadInput where
    an outline is not known, NotFound where the plan touches no drawn division of the level.
    """
    shapes = grounds(session, units, on)
    whole = shapely.union_all(shapes)
    held = drawn_below(session, full_code(within), level, on)
    touched = [one for one in held if one.outline is not None and _shares(one.outline, whole)]
    if not touched:
        raise NotFound(
            both(
                f"方案范围内没有 {on} 有图形的同级区划。",
                f"the plan touches no division of level {level} drawn on {on}",
            )
        )
    planned = [
        Area(f"P{number}", one.name, True, shape)
        for number, (one, shape) in enumerate(zip(units, shapes, strict=True), 1)
    ]
    before = tuple(Area(o.code, o.name, False, o.outline) for o in touched if o.outline is not None)
    rest = [kept for one in before if (kept := _remainder(one, whole)) is not None]
    sources = sorted({_source(one) for one in touched})
    made_up = any(one.is_synthetic for one in touched)
    return Sketch(before, (*planned, *rest), tuple(sources), made_up)


def sketch_geojson(found: Sketch) -> bytes:
    """Both maps as one collection; `side` tells before from after. For staff only."""
    features = [
        {
            "type": "Feature",
            "geometry": orjson.Fragment(shapely.to_geojson(area.outline)),
            "properties": {
                "code": area.code, "name": area.name, "side": side, "is_planned": area.is_planned,
            },
        }
        for side, areas in (("before", found.before), ("after", found.after))
        for area in areas
    ]  # fmt: skip
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "numberReturned": len(features),
            "has_synthetic": found.has_synthetic,
            "features": features,
        }
    )


def apart(shapes: Sequence[BaseGeometry]) -> None:
    """Raises BadInput where planned units overlap by more than a square metre."""
    for number, shape in enumerate(shapes):
        for other in shapes[:number]:
            if area_m2(shapely.intersection(shape, other)) > LEAST_M2:
                raise bad(f"units.{number + 1}", "与另一单位重叠。", "it overlaps another unit")


def grounds(session: Reader, units: Sequence[PlannedUnit], on: date) -> list[BaseGeometry]:
    """The territory of each planned unit: as sketched, or that of what it is made of.

    Raises BadInput where an outline of a part is not known on the day.
    """
    codes = [code for one in units for code in one.made_of]
    known = {one.code: one.outline for one in drawn(session, codes, on)}
    lacking = sorted({code for code in codes if known.get(code) is None})
    if lacking:
        shown = "、".join(lacking[:5])
        raise bad("units", f"{on} 没有这些区划的图形：{shown}。", f"no outline on {on}: {shown}")
    made = []
    for one in units:
        parts = [known[code] for code in one.made_of]
        whole = one.outline if one.outline is not None else shapely.union_all(parts)
        made.append(whole)
    return made


def sound(where: str, outline: BaseGeometry) -> BaseGeometry:
    """The outline as a multipolygon. Raises BadInput unless it is valid and in degrees."""
    if outline.geom_type not in ("Polygon", "MultiPolygon") or outline.is_empty:
        raise bad(where, "图形须为面。", "the outline must be a polygon")
    west, south, east, north = outline.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise bad(where, "坐标须为经纬度。", "coordinates must be degrees, longitude first")
    if not outline.is_valid:
        reason = shapely.is_valid_reason(outline)
        raise bad(where, f"图形无效：{reason}。", f"the outline is not valid: {reason}")
    return shapely.MultiPolygon(list(shapely.get_parts(shapely.force_2d(outline))))


def _shares(outline: BaseGeometry, whole: BaseGeometry) -> bool:
    return area_m2(shapely.intersection(outline, whole)) > LEAST_M2


def _remainder(one: Area, whole: BaseGeometry) -> Area | None:
    """What a plan leaves of a division; None where it takes it whole."""
    left = shapely.difference(one.outline, whole)
    parts = [part for part in shapely.get_parts(left) if part.geom_type == "Polygon"]
    kept = shapely.MultiPolygon([part for part in parts if area_m2(part) > LEAST_M2])
    return None if kept.is_empty else Area(one.code, f"{one.name}（余部）", False, kept)


def _source(one: Drawn) -> str:
    return f"{one.source or '未知'}（{one.source_date or '日期未知'}）"


def bad(parameter: str, zh: str, en: str) -> BadInput:
    """The refusal of a part of a plan."""
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)
