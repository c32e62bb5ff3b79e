"""Which areas does a planner send to be counted? Polygons in GeoJSON, checked before use."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from geojson_pydantic import Feature, FeatureCollection, MultiPolygon, Polygon
from pydantic import BaseModel, ConfigDict, Field
from shapely import get_num_coordinates
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from api.schemas.parameters import Text
from geo.errors import BadInput

MOST_VERTICES = 50_000
_ABOUT_A_METRE = 1e-5
"""In degrees: polygons drawn along an outline must not fail by a rounded coordinate."""


class AreaNamed(BaseModel):
    """What an area is called; further properties are ignored and not kept."""

    model_config = ConfigDict(extra="ignore")

    code: Text = Field(description="code of the area, each once")
    name: Text = Field(description="name of the area")


class AreaFeature(Feature[Polygon | MultiPolygon, AreaNamed]):
    """One area: a polygon in longitude and latitude with a code and a name."""

    geometry: Polygon | MultiPolygon
    properties: AreaNamed


class AreasSent(FeatureCollection[AreaFeature]):
    """Up to 200 areas."""

    type: Literal["FeatureCollection"]
    features: Annotated[list[AreaFeature], Field(min_length=1, max_length=200)]

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"code": "A", "name": "片区甲"},
                        "geometry": {
                            "type": "Polygon",
                            "coordinates": [
                                [
                                    [119.9, 31.7],
                                    [120.0, 31.7],
                                    [120.0, 31.8],
                                    [119.9, 31.8],
                                    [119.9, 31.7],
                                ]
                            ],
                        },
                    }
                ],
            }
        }
    )


def polygons_of(sent: AreasSent) -> list[tuple[str, str, BaseGeometry]]:
    """Answer (code, name, polygon) of every area sent.

    Raises BadInput, naming the feature, for a code that comes twice, a coordinate that is no
    longitude and latitude, a polygon that crosses itself, or more vertices than can be counted.
    """
    found: list[tuple[str, str, BaseGeometry]] = []
    codes: set[str] = set()
    vertices = 0
    for number, feature in enumerate(sent.features):
        where = f"body.features.{number}"
        polygon = polygon_of(feature.geometry, f"{where}.geometry")
        vertices += _vertices(polygon)
        if vertices > MOST_VERTICES:
            raise BadInput(
                f"顶点过多，最多 {MOST_VERTICES} / too many vertices, at most {MOST_VERTICES}",
                parameter="body",
            )
        named = feature.properties
        if named.code in codes:
            raise BadInput(
                f"编码 {named.code} 出现了两次 / this code comes twice",
                parameter=f"{where}.properties.code",
            )
        codes.add(named.code)
        found.append((named.code, named.name, polygon))
    return found


def lie_within(polygons: list[tuple[str, str, BaseGeometry]], outline: bytes) -> bool:
    """Does every polygon lie inside the first feature of a FeatureCollection (within about 1 m)?

    Where that feature has no known outline, nothing does.
    """
    geometry = orjson.loads(outline)["features"][0]["geometry"]
    if geometry is None:
        return False
    around = shape(geometry).buffer(_ABOUT_A_METRE)
    return all(around.covers(polygon) for _, _, polygon in polygons)


def polygon_of(geometry: Polygon | MultiPolygon, where: str) -> BaseGeometry:
    """One polygon as shapely's, within the globe and valid; heights are left out."""
    rings = [geometry.coordinates] if isinstance(geometry, Polygon) else geometry.coordinates
    flat = [[[position[:2] for position in ring] for ring in part] for part in rings]
    positions = [position for part in flat for ring in part for position in ring]
    # Written so that NaN fails too.
    if not positions or not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in positions):
        raise BadInput(
            "坐标须为经度、纬度（度）/ coordinates must be longitude and latitude in degrees",
            parameter=where,
        )
    polygon = shape({"type": "MultiPolygon", "coordinates": flat})
    if not polygon.is_valid:
        raise BadInput(
            f"多边形无效 / the polygon is not valid: {explain_validity(polygon)}", parameter=where
        )
    return polygon


def _vertices(polygon: BaseGeometry) -> int:
    """How many vertices a polygon or multipolygon has."""
    return int(get_num_coordinates(polygon))
