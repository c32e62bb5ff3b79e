"""Which part of the earth is a tile? Two sets of tile matrices, web Mercator and CGCS2000."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.errors import NotFound, both

EARTH_M = 6378137.0
"""Equatorial radius of the ellipsoids of WGS 84 and CGCS2000, metres."""
DEEPEST = 22


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: degrees, or the units of a matrix set where that is said."""

    west: float
    south: float
    east: float
    north: float

    def grown(self, share: float) -> Box:
        """The box with a margin of a share of its sides."""
        dx, dy = (self.east - self.west) * share, (self.north - self.south) * share
        return Box(self.west - dx, self.south - dy, self.east + dx, self.north + dy)


@dataclass(frozen=True, slots=True)
class MatrixSet:
    """A set of tile matrices: level z has `columns` × 2^z by 2^z tiles, from the upper left.

    west, north: its upper left corner; side: the side of a tile of level 0, in units of `srid`.
    """

    id: str
    zh: str
    en: str
    crs: str
    srid: int
    west: float
    north: float
    side: float
    columns: int

    def bounds(self, z: int, row: int, col: int) -> Box:
        """The tile's rectangle in the set's own units. Raises NotFound for a tile outside it."""
        if not (0 <= z <= DEEPEST and 0 <= row < 2**z and 0 <= col < self.columns * 2**z):
            raise NotFound(
                both(
                    f"{self.id} 没有第 {z} 级第 {row} 行第 {col} 列的瓦片；级别 0–{DEEPEST}。",
                    f"{self.id} has no tile of level {z}, row {row}, column {col};"
                    f" levels are 0 to {DEEPEST}",
                )
            )
        side = self.side / 2**z
        west, north = self.west + col * side, self.north - row * side
        return Box(west, north - side, west + side, north)

    def degrees(self, box: Box) -> Box:
        """A rectangle of the set's own units in degrees; web Mercator by its inverse formula."""
        if self.srid != 3857:
            return box
        west, east = (
            max(-180.0, min(180.0, math.degrees(x / EARTH_M))) for x in (box.west, box.east)
        )
        south, north = (
            math.degrees(2 * math.atan(math.exp(y / EARTH_M)) - math.pi / 2)
            for y in (box.south, box.north)
        )
        return Box(west, south, east, north)


_HALF = math.pi * EARTH_M
MATRIX_SETS = {
    one.id: one
    for one in (
        MatrixSet(
            "WebMercatorQuad", "网络墨卡托", "Web Mercator",
            "http://www.opengis.net/def/crs/EPSG/0/3857", 3857, -_HALF, _HALF, 2 * _HALF, 1,
        ),
        MatrixSet(
            "CGCS2000Quad", "2000 国家大地坐标系经纬度", "CGCS2000 longitude and latitude",
            "http://www.opengis.net/def/crs/EPSG/0/4490", 4490, -180.0, 90.0, 180.0, 2,
        ),
    )
}  # fmt: skip
"""The sets that are served, by id. Level z of the second one is level z + 1 of 天地图's `c`."""


def matrix_set(id: str) -> MatrixSet:
    """The set of that id. Raises NotFound for any other."""
    if id not in MATRIX_SETS:
        known = "、".join(MATRIX_SETS)
        raise NotFound(
            both(f"没有瓦片矩阵集「{id[:60]}」；可用：{known}。", f"no tile matrix set {id[:60]!r}")
        )
    return MATRIX_SETS[id]


@cache
def definition(id: str) -> dict[str, Any]:
    """The definition of a set as OGC 17-083r4 writes it."""
    import morecantile  # brings PROJ: only when somebody reads a definition
    from pyproj import CRS

    own = matrix_set(id)
    if id == "WebMercatorQuad":
        made = morecantile.tms.get(id)
    else:
        made = morecantile.TileMatrixSet.custom(
            [-180, -90, 180, 90], CRS.from_epsg(own.srid), matrix_scale=[2, 1], id=id,
            title=f"{own.zh} · {own.en}",
        )  # fmt: skip
    told: dict[str, Any] = json.loads(made.model_dump_json(exclude_none=True, by_alias=True))
    told["crs"] = own.crs
    if own.srid == 4490:
        told["orderedAxes"] = ["Lat", "Lon"]  # as EPSG orders them, and `pointOfOrigin` with them
    told["tileMatrices"] = [one for one in told["tileMatrices"] if int(one["id"]) <= DEEPEST]
    return told
