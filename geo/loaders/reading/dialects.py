"""Which features do JSON exports hold that are no GeoJSON: Esri's, Overpass's, FHIR's?"""

from __future__ import annotations

import json
from typing import Any

import shapely

Json = dict[str, Any]
ELEMENTS = ("node", "way", "relation")
_LINES = ("highway", "barrier", "railway", "waterway")
"""Closed ways with these tags are lines all the same, unless they say area=yes."""


def as_feature(entry: Json) -> Json:
    """An entry of Esri's JSON or of a FHIR bundle as a feature or plain record; others as is."""
    if "attributes" in entry and "properties" not in entry:
        return {
            "type": "Feature",
            "properties": entry["attributes"],
            "geometry": _of_esri(entry.get("geometry")),
        }
    if isinstance(entry.get("resource"), dict):
        return dict(entry["resource"])
    return entry


def _of_esri(geometry: Any) -> Json | None:
    """A GeoJSON geometry of Esri's x/y, points, paths or rings; what is none is left as it is."""
    if not isinstance(geometry, dict) or "type" in geometry:
        return geometry if isinstance(geometry, dict) else None
    if "x" in geometry and "y" in geometry:
        if geometry["x"] in (None, "NaN"):
            return None
        return {"type": "Point", "coordinates": [geometry["x"], geometry["y"]]}
    if "points" in geometry:
        return {"type": "MultiPoint", "coordinates": geometry["points"]}
    if "paths" in geometry:
        return {"type": "MultiLineString", "coordinates": geometry["paths"]}
    if "rings" in geometry:
        return {"type": "MultiPolygon", "coordinates": _polygons(geometry["rings"])}
    return {"type": "unknown"}


def _polygons(rings: list[Any]) -> list[list[Any]]:
    """Rings as polygons: shells run clockwise and the others are holes of the shell around them."""
    shapes = [shapely.Polygon([(float(p[0]), float(p[1])) for p in ring]) for ring in rings]
    shells = [n for n, shape in enumerate(shapes) if not shape.exterior.is_ccw]
    if not shells:
        return [[ring] for ring in rings]
    made = {n: [rings[n]] for n in shells}
    for n in range(len(rings)):
        if n not in made:
            inner = shapely.Point(shapes[n].exterior.coords[0])
            around = next((s for s in shells if shapes[s].intersects(inner)), None)
            made.setdefault(n if around is None else around, []).append(rings[n])
    return list(made.values())


def features_of_elements(elements: list[Any]) -> list[Any]:
    """The elements of an Overpass export as features: those with tags, which are the things.

    Elements without tags only carry the corners of others.
    """
    corners = {
        e["id"]: (e["lon"], e["lat"])
        for e in elements
        if isinstance(e, dict) and e.get("type") == "node" and "lat" in e and "lon" in e
    }
    return [_of_element(e, corners) for e in elements if not isinstance(e, dict) or e.get("tags")]


def _of_element(element: Any, corners: dict[Any, tuple[Any, Any]]) -> Any:
    if not isinstance(element, dict) or element.get("type") not in ELEMENTS:
        return element
    properties = {
        "osm_type": element["type"],
        "osm_id": element.get("id"),
        **element["tags"],
    }
    geometry = _geometry_of(element, corners)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _geometry_of(element: Json, corners: dict[Any, tuple[Any, Any]]) -> Json | None:
    at = element.get("center") or element
    if "lat" in at and "lon" in at:
        return {"type": "Point", "coordinates": [at["lon"], at["lat"]]}
    if element["type"] == "relation":
        return _area_of(element.get("members") or [])
    line = _line_of(element, corners)
    if len(line) < 2:
        return None
    tags = element["tags"]
    is_line = any(tag in tags for tag in _LINES) and tags.get("area") != "yes"
    if line[0] == line[-1] and len(line) > 3 and not is_line:
        return {"type": "Polygon", "coordinates": [line]}
    return {"type": "LineString", "coordinates": line}


def _line_of(element: Json, corners: dict[Any, tuple[Any, Any]]) -> list[list[Any]]:
    if element.get("geometry"):
        return [[p["lon"], p["lat"]] for p in element["geometry"] if p]
    return [list(corners[n]) for n in element.get("nodes") or [] if n in corners]


def _area_of(members: list[Json]) -> Json | None:
    """The area whose outer ways close to rings, without that of its inner ones; None if none."""

    def enclosed(*roles: str) -> Any:
        lines = [
            shapely.LineString([(float(p["lon"]), float(p["lat"])) for p in member["geometry"]])
            for member in members
            if member.get("role", "") in roles and len(member.get("geometry") or []) > 1
        ]
        return shapely.union_all(list(shapely.polygonize(lines).geoms))

    area = shapely.difference(enclosed("outer", ""), enclosed("inner"))
    return None if area.is_empty else dict(json.loads(shapely.to_geojson(area)))


def stated_system(members: Json) -> str | None:
    """The CRS of an Esri export's `spatialReference`, None where there is none."""
    said = members.get("spatialReference")
    if not isinstance(said, dict):
        return None
    number = said.get("latestWkid") or said.get("wkid")
    if number is None:
        return str(said["wkt"]) if "wkt" in said else None
    number = str(number)
    if number in ("102100", "102113"):
        return "EPSG:3857"
    return f"EPSG:{number}" if len(number) <= 5 else f"ESRI:{number}"
