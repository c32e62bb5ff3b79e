"""Which feature does the body of a request hold? Its properties, its shape in stored degrees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import shapely
from starlette.exceptions import HTTPException

from api.ogc.answers import Call
from geo.errors import BadInput, both
from geo.loaders.single import FeatureRefused, Reason
from geo.queries.collections import Collection
from geo.queries.reference_systems import CRS84, ReferenceSystem, system, to_degrees

_FEATURE = ("application/geo+json", "application/json")
_PATCH = ("application/merge-patch+json", *_FEATURE)
_SHAPES = {"Point": ("Point",), "Geometry": ("Point", "LineString", "MultiLineString", "Polygon",
                                             "MultiPolygon")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a request: properties, and GeoJSON geometry in degrees, lon before lat."""

    properties: dict[str, Any]
    geometry: dict[str, Any]

    @property
    def point(self) -> tuple[float, float]:
        """Its longitude and latitude."""
        lon, lat = self.geometry["coordinates"][:2]
        return lon, lat


def feature_of(call: Call, collection: Collection) -> Feature:
    """The feature of a body. Raises 415, BadInput where it is no JSON, FeatureRefused."""
    return _checked(_json(call, _FEATURE), collection, _system(call))


def with_unlisted(given: Feature, collection: Collection, before: bytes) -> Feature:
    """A feature in another's place, with the stored values of what lists do not give: whoever
    changes a feature of a list and puts it back must not take away what was never shown."""
    stored = orjson.loads(before)["properties"]
    kept = {
        one.name: stored[one.name]
        for one in collection.properties
        if not one.in_lists and one.name not in given.properties
    }
    return replace(given, properties={**given.properties, **kept})


def merged(call: Call, collection: Collection, before: bytes) -> Feature:
    """A stored feature with the changes of a merge patch (RFC 7396)."""
    patch = _json(call, _PATCH)
    stored = orjson.loads(before)
    crs = _system(call)
    if not isinstance(patch, dict):
        raise FeatureRefused([Reason(None, "feature", "须为 JSON 对象 · an object is needed")])
    properties = patch.get("properties") or {}
    if not isinstance(properties, dict):
        raise FeatureRefused([Reason("properties", "feature", "须为对象 · an object is needed")])
    has_shape = "geometry" in patch
    whole = {
        "type": "Feature",
        "properties": {**stored["properties"], **properties},
        "geometry": patch["geometry"] if has_shape else stored["geometry"],
    }
    return _checked(whole, collection, crs if has_shape else CRS84)


def _json(call: Call, accepted: tuple[str, ...]) -> Any:
    media = call.header(b"content-type").split(";")[0].strip().lower()
    if media not in accepted:
        raise HTTPException(
            415, both(f"请用 {'、'.join(accepted)}。", f"send {', '.join(accepted)}")
        )
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError as fault:
        raise BadInput(
            both(f"正文不是有效的 JSON：{fault}。", f"the body is no JSON: {fault}"),
            parameter="body",
        ) from None


def _system(call: Call) -> ReferenceSystem:
    said = call.header(b"content-crs").strip().removeprefix("<").removesuffix(">")
    return system(said, "Content-Crs") if said else CRS84


def _checked(body: Any, collection: Collection, crs: ReferenceSystem) -> Feature:
    """The feature, if it has the form of one."""
    if not isinstance(body, dict) or body.get("type") != "Feature":
        message = "须为 GeoJSON Feature · a GeoJSON Feature is needed"
        raise FeatureRefused([Reason("type", "feature", message)])
    properties = body.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise FeatureRefused([Reason("properties", "feature", "须为对象 · an object is needed")])
    known = collection.by_name
    unknown = [name for name in properties if name not in known]
    if unknown:
        raise FeatureRefused(
            [Reason(name[:60], "unknown", "没有此属性 · no such property") for name in unknown[:20]]
        )
    return Feature(properties, _shape(body.get("geometry"), collection, crs))


def _shape(given: Any, collection: Collection, crs: ReferenceSystem) -> dict[str, Any]:
    allowed = _SHAPES.get(collection.geometry, ())
    message = f"须为 {'、'.join(allowed)} · a geometry of that type is needed"
    if not isinstance(given, dict) or given.get("type") not in allowed:
        raise FeatureRefused([Reason("geometry", "geometry", message)])
    try:
        shape: Any = shapely.force_2d(shapely.geometry.shape(given))
        if crs.north_first:
            shape = shapely.transform(shape, lambda points: points[:, ::-1])
        points = shapely.get_coordinates(shape)
        if not len(points) or not np.isfinite(points).all():
            raise ValueError("no finite numbers")
        moved = _moved(shape, crs)
        made: dict[str, Any] = orjson.loads(shapely.to_geojson(moved))
    except BadInput:
        message = "坐标超出坐标系范围 · the coordinates lie outside the reference system"
        raise FeatureRefused([Reason("geometry", "coordinate", message)]) from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError,
            shapely.errors.ShapelyError):  # fmt: skip
        raise FeatureRefused([Reason("geometry", "geometry", message)]) from None
    return made


def _moved(shape: Any, crs: ReferenceSystem) -> Any:
    moved = to_degrees(shape, crs, "geometry")
    west, south, east, north = shapely.bounds(moved)
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise BadInput("outside", parameter="geometry")
    return moved
