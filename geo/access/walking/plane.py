"""Where do places lie on a plane in metres, near enough to measure steps beside a road?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import Proj

from geo.access.radius.distance import CGCS2000, Floats


@dataclass(frozen=True, slots=True)
class Plane:
    """A transverse Mercator plane around a place: 100 km from its meridian off by 0.012 %.

    Only snapping and drawing use it; lengths of ways are geodesic.
    """

    lon: float
    lat: float

    def metres(self, lon: Floats, lat: Floats) -> Floats:
        """Positions (n, 2) in metres of places in degrees of EPSG:4490."""
        return np.column_stack(_projection(self.lon, self.lat)(lon, lat))

    def degrees(self, xy: Floats) -> Floats:
        """Longitudes and latitudes (n, 2) of positions."""
        return np.column_stack(_projection(self.lon, self.lat)(xy[:, 0], xy[:, 1], inverse=True))

    def flat(self, shapes: Any) -> Any:
        """Shapes in degrees, drawn on the plane."""
        return shapely.transform(shapes, lambda at: self.metres(at[:, 0], at[:, 1]))

    def round(self, shapes: Any) -> Any:
        """Shapes on the plane, drawn in degrees."""
        return shapely.transform(shapes, self.degrees)


@lru_cache(maxsize=32)
def _projection(lon: float, lat: float) -> Proj:
    return Proj(proj="tmerc", lon_0=lon, lat_0=lat, a=CGCS2000.a, b=CGCS2000.b)
