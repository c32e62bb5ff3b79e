"""Which way does one point lie from another: from true north, from grid north, in a word?

Grid north is the north of a 3° Gauss–Krüger zone (CGCS2000), true north the meridian's. They part
by the meridian convergence γ, positive east of the central meridian: true azimuth = grid azimuth
+ γ, but for the bend of the geodesic's image, which is under 1″ per kilometre within a zone.
方位物 carry grid azimuths (坐标方位角); the 16 directions of a 走向说明 go by true north.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod, Proj

from geo.crs import FIRST_MERIDIAN
from geo.errors import BadInput, both

Array = NDArray[np.float64]
EARTH = Geod(ellps="GRS80")
"""CGCS2000's ellipsoid: a = 6 378 137 m, 1/f = 298.257 222 101, as GRS 80's."""

DIRECTIONS16 = (
    "北", "北偏东北", "东北", "东偏东北", "东", "东偏东南", "东南", "南偏东南",
    "南", "南偏西南", "西南", "西偏西南", "西", "西偏西北", "西北", "北偏西北",
)  # fmt: skip
DIRECTIONS16_EN = (
    "north", "north-northeast", "northeast", "east-northeast",
    "east", "east-southeast", "southeast", "south-southeast",
    "south", "south-southwest", "southwest", "west-southwest",
    "west", "west-northwest", "northwest", "north-northwest",
)  # fmt: skip

_BOUNDS = tuple(11.25 + 22.5 * number for number in range(16))  # exact in binary


def zone_meridian(lon: ArrayLike) -> Array:
    """The central meridian (75, 78 … 135) of the 3° zone that longitudes lie in.

    A longitude on the edge of two zones belongs to the eastern one. Raises BadInput outside
    73.5°–136.5° E, where EPSG has no zone of CGCS2000.
    """
    degrees = np.asarray(lon, dtype=np.float64)
    meridian: Array = np.floor((degrees + 1.5) / 3) * 3
    if not bool(np.all((meridian >= 75) & (meridian <= 135))):
        raise BadInput(
            both(
                "经度须在 73.5°–136.5° 之间，才有 CGCS2000 三度带。",
                "the 3° zones of CGCS2000 hold longitudes from 73.5° to 136.5°",
            ),
            parameter="lon",
        )
    return meridian


@lru_cache(maxsize=64)
def plane_of(meridian_deg: int) -> Proj:
    """The 3° Gauss–Krüger plane around a central meridian (EPSG 4534–4554, no zone number)."""
    steps, rest = divmod(meridian_deg - 75, 3)
    if rest or not 0 <= steps <= 20:
        raise BadInput(
            both(
                f"{meridian_deg}° 不是三度带的中央经线。",
                f"{meridian_deg}° is no central meridian of a 3° zone",
            ),
            parameter="meridian",
        )
    return Proj(f"EPSG:{FIRST_MERIDIAN + steps}")


def meridian_convergence(lon: ArrayLike, lat: ArrayLike, meridian_deg: int | None = None) -> Array:
    """Degrees from true north to grid north at points, clockwise positive (east of the meridian).

    `lon`, `lat` in degrees (EPSG:4490), of one shape; the zone is that of `meridian_deg`, or each
    point's own. Rigorous (PROJ's factors of the projection), not the approximation Δλ·sin φ.
    """
    lons, lats = _points(lon, lat)
    own = zone_meridian(lons) if meridian_deg is None else np.full(lons.shape, float(meridian_deg))
    made = np.empty(lons.shape)
    for meridian in np.unique(own):
        at = own == meridian
        factors = plane_of(int(meridian)).get_factors(lons[at], lats[at])
        made[at] = factors.meridian_convergence
    return made


def true_azimuth(lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike) -> Array:
    """Degrees [0, 360) clockwise from true north, from points a to points b, at a.

    The geodesic's azimuth on the ellipsoid (Karney); NaN where both are the same point.
    """
    given = np.broadcast_arrays(*_points(lon_a, lat_a), *_points(lon_b, lat_b))
    lons_a, lats_a, lons_b, lats_b = (one.ravel() for one in given)
    azimuth, _, length = EARTH.inv(lons_a, lats_a, lons_b, lats_b)
    turned = np.where(np.asarray(length) > 0, within_circle(azimuth), np.nan)
    return turned.reshape(given[0].shape)


def grid_azimuth(
    lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike,
    meridian_deg: int | None = None,
) -> Array:  # fmt: skip
    """坐标方位角: degrees [0, 360) clockwise from grid north, from points a to points b.

    Of the straight line on the Gauss–Krüger plane of `meridian_deg`, or of the zone of each a;
    NaN where both are the same point.
    """
    lons_a, lats_a, lons_b, lats_b = np.broadcast_arrays(
        *_points(lon_a, lat_a), *_points(lon_b, lat_b)
    )
    own = (
        zone_meridian(lons_a) if meridian_deg is None else np.full(lons_a.shape, meridian_deg * 1.0)
    )
    made = np.empty(lons_a.shape)
    for meridian in np.unique(own):
        at = own == meridian
        plane = plane_of(int(meridian))
        east_a, north_a = plane(lons_a[at], lats_a[at])
        east_b, north_b = plane(lons_b[at], lats_b[at])
        made[at] = plane_azimuth(east_a, north_a, east_b, north_b)
    return made


def plane_azimuth(
    east_a: ArrayLike, north_a: ArrayLike, east_b: ArrayLike, north_b: ArrayLike
) -> Array:
    """Degrees [0, 360) clockwise from the plane's north, from points a to b given in metres."""
    east = np.asarray(east_b, dtype=np.float64) - np.asarray(east_a, dtype=np.float64)
    north = np.asarray(north_b, dtype=np.float64) - np.asarray(north_a, dtype=np.float64)
    turned = within_circle(np.degrees(np.arctan2(east, north)))
    return np.where((east == 0) & (north == 0), np.nan, turned)


def direction16(true_azimuth_deg: float) -> str:
    """The direction in a word of 16 (北, 北偏东北 …) for an azimuth from **true** north.

    Sectors of 22.5° around the words; a bound belongs to the sector that begins there, so
    11°15′ is 北偏东北 and 348°45′ is 北. Raises BadInput for an azimuth that is not a number.
    """
    return DIRECTIONS16[sector16(true_azimuth_deg)]


def sector16(true_azimuth_deg: float) -> int:
    """The number of the sector, 0 (北) to 15 (北偏西北); see `direction16`."""
    if not np.isfinite(true_azimuth_deg):
        raise BadInput(
            both("方位角须为有限的数。", "an azimuth is a finite number of degrees"),
            parameter="azimuth",
        )
    return bisect_right(_BOUNDS, float(within_circle(true_azimuth_deg))) % 16


def within_circle(degrees: ArrayLike) -> Array:
    """Angles brought to [0, 360); a hair under 0 becomes 0, not 360."""
    turned: Array = np.mod(np.asarray(degrees, dtype=np.float64), 360.0)
    return np.where(turned >= 360.0, 0.0, turned)


def turn_deg(of: ArrayLike, against: ArrayLike) -> Array:
    """The signed turn from azimuths `against` to azimuths `of`, degrees in [-180, 180)."""
    difference = np.asarray(of, dtype=np.float64) - np.asarray(against, dtype=np.float64)
    return within_circle(difference + 180.0) - 180.0


def _points(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    lons, lats = np.broadcast_arrays(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    if not bool(np.all(np.isfinite(lons) & np.isfinite(lats) & (np.abs(lats) <= 90))):
        raise BadInput(
            both("坐标须为有限的经纬度。", "coordinates are finite degrees, latitude within ±90"),
            parameter="lon",
        )
    return lons, lats
