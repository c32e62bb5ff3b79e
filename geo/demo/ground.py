"""On which ground is the synthetic city made: districts, their shapes in metres, and centres?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.crs import FIRST_MERIDIAN, Array
from geo.errors import NotFound

Target = Session | Connection


@dataclass(frozen=True)
class District:
    """A county-level unit: 12-digit code, names, shape in degrees and in metres, townships."""

    code: str
    name: str
    short_name: str
    geom: BaseGeometry
    flat: BaseGeometry
    townships: int

    @property
    def area_km2(self) -> float:
        """Area in the projection, for weights only."""
        return float(self.flat.area) / 1e6


@dataclass(frozen=True)
class Ground:
    """A loaded city as the generator sees it; metres are those of its CGCS2000 3° zone."""

    city_code: str
    city_name: str
    epsg: int
    districts: list[District]
    centres: Array

    @property
    def key(self) -> str:
        """The six digits that the synthetic codes carry."""
        return self.city_code[:6]

    @cached_property
    def area_km2(self) -> float:
        """Area of all districts."""
        return sum(district.area_km2 for district in self.districts)

    def to_degrees(self, xy: Array) -> Array:
        """Longitudes and latitudes of points in metres; arrays of shape (n, 2)."""
        made = _transformer(self.epsg, back=True).transform(xy[:, 0], xy[:, 1])
        return np.column_stack(made)

    def to_metres(self, lonlat: Array) -> Array:
        """Points in metres of longitudes and latitudes; arrays of shape (n, 2)."""
        return np.column_stack(
            _transformer(self.epsg, back=False).transform(lonlat[:, 0], lonlat[:, 1])
        )

    def rng(self, seed: int, part: int) -> np.random.Generator:
        """Random numbers of one part of the city; parts do not disturb each other."""
        return np.random.default_rng([seed, int(self.key), part])


_DISTRICTS = text("""
WITH RECURSIVE below AS (
    SELECT code, level FROM admin_unit WHERE code = :city AND upper_inf(validity)
    UNION
    SELECT u.code, u.level FROM admin_unit u JOIN below b ON u.parent_code = b.code
    WHERE upper_inf(u.validity) AND u.level <= 3
)
SELECT u.code, u.name, coalesce(u.short_name, u.name), ST_AsBinary(u.geom),
       (SELECT count(*) FROM admin_unit t
        WHERE t.parent_code = u.code AND t.level = 4 AND upper_inf(t.validity))
FROM admin_unit u JOIN below USING (code)
WHERE upper_inf(u.validity) AND u.geom IS NOT NULL AND u.level = (
    SELECT max(b.level) FROM below b JOIN admin_unit g USING (code)
    WHERE upper_inf(g.validity) AND g.geom IS NOT NULL)
ORDER BY u.code
""")
_CENTRES = text("""
SELECT ST_X(q.geom), ST_Y(q.geom)
FROM place p JOIN place_position q ON q.place_id = p.id, admin_unit c
WHERE c.code = ANY(:districts) AND upper_inf(c.validity) AND p.feature_class = 'P'
  AND q.geom IS NOT NULL AND ST_Covers(c.geom, q.geom)
GROUP BY 1, 2 ORDER BY 1, 2
""")


def read_ground(target: Target, city_code: str) -> Ground:
    """Read the city's districts and populated places from the database.

    Raises NotFound when the city is not loaded or has no shapes.
    """
    code = city_code.strip().ljust(12, "0")
    name = target.execute(
        text("SELECT name FROM admin_unit WHERE code = :city AND upper_inf(validity)"),
        {"city": code},
    ).scalar()
    found = target.execute(_DISTRICTS, {"city": code}).all()
    if name is None or not found:
        raise NotFound(
            f"城市 {city_code} 还没有载入边界，请先运行 ./atlas up --city {city_code}。\n"
            f"City {city_code} has no boundaries here yet; run ./atlas up --city {city_code} first."
        )
    shapes = shapely.from_wkb([bytes(row[3]) for row in found])
    epsg = _zone_of(shapes)
    districts = [
        District(row[0], row[1], row[2], shape, _flatten(shape, epsg), row[4])
        for row, shape in zip(found, shapes, strict=True)
    ]
    points = target.execute(_CENTRES, {"districts": [d.code for d in districts]}).all()
    return Ground(code, name, epsg, districts, np.array(points, dtype=float).reshape(-1, 2))


def _zone_of(shapes: NDArray[Any]) -> int:
    """EPSG code of the CGCS2000 3° zone (by meridian) around the middle of the shapes."""
    west, _, east, _ = shapely.total_bounds(shapes)
    return int(FIRST_MERIDIAN + round((west + east) / 2 / 3) - 25)


def _transformer(epsg: int, *, back: bool) -> Transformer:
    ends = (f"EPSG:{epsg}", "EPSG:4490") if back else ("EPSG:4490", f"EPSG:{epsg}")
    return Transformer.from_crs(*ends, always_xy=True, allow_ballpark=False)


def _flatten(shape: BaseGeometry, epsg: int) -> BaseGeometry:
    """The shape in metres: its corners are projected, its edges stay straight."""
    forward = _transformer(epsg, back=False)
    flat = shapely.transform(
        shape, lambda xy: np.column_stack(forward.transform(xy[:, 0], xy[:, 1]))
    )
    shapely.prepare(flat)
    shapely.prepare(shape)
    return flat
