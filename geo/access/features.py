"""How do coverage and gaps leave as GeoJSON? FeatureCollections as bytes, numbers as counted.

Shares and numbers are those of the answer that is given; nothing is rounded here but lengths, areas
and coordinates. Members beside `features`: `summary`, `method`, `sources`, `has_synthetic`,
`computed_at`. Geometry is lon, lat of CGCS2000, which the WGS 84 of GeoJSON matches.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
import shapely
from sqlalchemy import text

from geo.access.radius.answer import STATUS_ZH, AreaCoverage, Coverage
from geo.access.radius.areas import AREA_ROWS, Polygons, polygon_binds
from geo.access.radius.gap import Gap, Gaps
from geo.access.radius.seen import as_seen
from geo.queries.admin import BELOW, Reader

LINE_DIGITS = 6
NUMBERS = ("people_60", "people_65", "people_80", "covered_60", "covered_65", "covered_80")
SHARES = ("share_60", "share_65", "share_80")


def coverage_geojson(
    session: Reader, found: Coverage, *, polygons: Polygons | None = None
) -> bytes:
    """Coverage as one feature per area; areas without territory have `"geometry": null`.

    polygons: those of the question where it was about given ones.
    """
    shapes = _area_shapes(session, found, polygons)
    features = [_feature(shapes.get(row.area_code), area_properties(row)) for row in found.rows]
    return _collection(features, found)


def gaps_geojson(found: Gaps) -> bytes:
    """Gaps as one feature each, in order; `summary` tells how many there are and were dropped."""
    features = [_feature(_text_of(gap.shape), gap_properties(gap)) for gap in found.gaps]
    about = {
        "gap_count": found.count,
        "dropped_count": found.dropped,
        "dropped_m2": round(found.dropped_m2),
    }
    return _collection(features, found.coverage, about)


def area_properties(row: AreaCoverage) -> dict[str, Any]:
    """The properties of an area: who lives there, who is covered, which share; None = unknown."""
    return {
        "area_code": row.area_code,
        "area_name": row.area_name,
        "status": row.status,
        "status_zh": STATUS_ZH[row.status],
        **{name: _plain(getattr(row, name)) for name in (*NUMBERS, *SHARES)},
        "measured_by": row.measured_by,
        "too_far_60": _plain(row.too_far_60),
        "island_60": _plain(row.island_60),
    }


def gap_properties(gap: Gap) -> dict[str, Any]:
    """The properties of a gap; whole metres and square metres."""
    return {
        "rank": gap.rank,
        "area_code": gap.area_code,
        "area_name": gap.area_name,
        **{name: _plain(getattr(gap, name)) for name in NUMBERS[:3]},
        "area_m2": round(gap.area_m2),
        "nearest_m": None if gap.nearest_m is None else round(gap.nearest_m),
    }


def summary(found: Coverage) -> dict[str, Any]:
    """The question, its total, the people outside every area and how many facilities counted."""
    question = found.question
    return {
        "city": question.city or None,
        "areas": question.areas,
        "kind": question.kind,
        "radius_m": question.radius_m,
        "on": question.on.isoformat(),
        "basis": question.basis,
        "base_year": question.base_year,
        "projection": question.projection,
        "across_border": question.across_border,
        "published_only": question.published_only,
        **_measure(found),
        "rounded_to": found.rounded_to,
        "facilities": found.facilities,
        "total": area_properties(found.total),
        "unplaced": found.unplaced
        and {name: _plain(value) for name, value in asdict(found.unplaced).items()},
    }


def _measure(found: Coverage) -> dict[str, Any]:
    """How distances were measured; on foot along which network (or none), and who stands beside."""
    question, on_foot = found.question, found.on_foot
    told: dict[str, Any] = {"measure": question.measure, "network": None, "fallback": None}
    if question.measure == "walk":
        told |= {"network": question.network or "none", "fallback": question.fallback}
    told["on_foot"] = on_foot and {
        "snap_limit_m": on_foot.snap_limit_m,
        "too_far_cells": on_foot.too_far_cells,
        "island_cells": on_foot.island_cells,
        "facilities": [
            asdict(each) | {"beside_m": None if each.beside_m is None else round(each.beside_m)}
            for each in on_foot.facilities
        ],
    }
    return told


def _collection(
    features: list[bytes], found: Coverage, about: dict[str, Any] | None = None
) -> bytes:
    """A FeatureCollection around ready features."""
    members = {
        "type": "FeatureCollection",
        "numberReturned": len(features),
        "summary": summary(found) | (about or {}),
        "method": found.method,
        "method_en": found.method_en,
        "sources": [asdict(source) for source in found.sources],
        "has_synthetic": found.has_synthetic,
        "computed_at": found.computed_at,
        "is_stored": found.is_stored,
    }
    head = orjson.dumps(members)[:-1]
    return head + b',"features":[' + b",".join(features) + b"]}"


def _feature(geometry: str | None, properties: dict[str, Any]) -> bytes:
    return (
        b'{"type":"Feature","geometry":'
        + (geometry or "null").encode()
        + b',"properties":'
        + orjson.dumps(properties)
        + b"}"
    )


def _area_shapes(
    session: Reader, found: Coverage, polygons: Polygons | None
) -> dict[str, str | None]:
    """Area code → geometry as GeoJSON text, on the asked day."""
    question = found.question
    values = question.binds() | polygon_binds(polygons)
    statement = text(
        f"""WITH RECURSIVE {BELOW} SELECT r.code, ST_AsGeoJSON(r.geom, {LINE_DIGITS}, 0) AS shape
        FROM ({AREA_ROWS[question.areas]}) AS r"""
    )
    with as_seen(session, published_only=question.published_only):
        return {row.code: row.shape for row in session.execute(statement, values)}


def _text_of(shape: shapely.Geometry) -> str:
    """A geometry as GeoJSON text with coordinates of about 0.1 m."""
    made: str = shapely.to_geojson(shapely.set_precision(shape, 10.0**-LINE_DIGITS))
    return made


def _plain(value: float | None) -> float | int | None:
    """Whole numbers without a decimal point, so that people are not shown as 12.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
