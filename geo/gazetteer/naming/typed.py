"""Which point and which area does somebody mean who typed one or gave a file?"""

from __future__ import annotations

import json

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput, both


def point_of(at: str | None) -> tuple[float | None, float | None]:
    """Read `lon,lat`; None gives (None, None). Raises BadInput."""
    if at is None:
        return None, None
    try:
        lon, lat = (float(part) for part in at.replace("，", ",").split(","))
    except ValueError:
        raise BadInput(
            both("位置写作 经度,纬度，如 119.97,31.81。", "a position is lon,lat"), parameter="at"
        ) from None
    return lon, lat


def polygon_of(name: str, data: bytes) -> BaseGeometry:
    """Read the polygons of a GeoJSON (lon, lat) as one area. Raises BadInput without any."""
    area = None
    try:
        told = json.loads(data)
        parts = told.get("features") or [told]
        area = shapely.union_all([shape(part.get("geometry") or part) for part in parts])
    except (ValueError, AttributeError, KeyError, TypeError, shapely.errors.ShapelyError):
        pass
    if area is None or area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadInput(
            both(f"{name} 不是面的 GeoJSON。", f"{name} holds no polygon"), parameter="built_up"
        )
    return area
