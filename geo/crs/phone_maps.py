"""How are the shifts of Chinese phone maps, GCJ-02 and BD-09, undone? By iteration, labelled 近似.

Neither has an EPSG code or a published inverse; used while importing only, never offered to others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# GCJ-02 and BD-09 as published in many open implementations: Krasovsky's ellipsoid, and shifts of
# 100–700 m made of sines. Outside the rectangle that the published code uses, GCJ-02 is WGS 84.
_A = 6378245.0
_EE = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 30
_LARGEST_SHIFT_DEG = 0.05  # a few kilometres; no shift reaches as far


def in_gcj02_area(lon: Array, lat: Array, *, margin_deg: float = 0.0) -> NDArray[np.bool_]:
    """Where GCJ-02 differs from WGS 84: the rectangle of the published code, not the border.

    `margin_deg` widens it on all sides.
    """
    west, east = 72.004 - margin_deg, 137.8347 + margin_deg
    south, north = 0.8293 - margin_deg, 55.8271 + margin_deg
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _gcj02_offset(lon: Array, lat: Array) -> tuple[Array, Array]:
    """The shift in degrees that GCJ-02 adds to a WGS 84 position."""
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    shared = 20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (shared + 20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (shared + 20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = np.radians(lat)
    magic = 1.0 - _EE * np.sin(latitude) ** 2
    north_deg = np.degrees(north / (_A * (1.0 - _EE) / (magic * np.sqrt(magic))))
    east_deg = np.degrees(east / (_A / np.sqrt(magic) * np.cos(latitude)))
    return east_deg, north_deg


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """GCJ-02 longitudes and latitudes of WGS 84 ones (degrees); unchanged outside its area."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = in_gcj02_area(lon, lat)
    east, north = _gcj02_offset(lon, lat)
    return lon + np.where(inside, east, 0.0), lat + np.where(inside, north, 0.0)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """WGS 84 longitudes and latitudes (degrees) whose GCJ-02 shift leads to the given ones.

    Solved by fixed-point iteration; round trips agree to better than 1e-11°, a thousandth of a
    millimetre. What is approximate is the formula itself: map providers do not publish theirs.
    Whether a position was shifted at all is decided where it comes from, not where it was shifted
    to: within a kilometre of the rectangle's edge the two differ. There a given position may come
    from inside or be an unshifted one outside; the one inside is meant.
    """
    given_lon, given_lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    near = in_gcj02_area(given_lon, given_lat, margin_deg=_LARGEST_SHIFT_DEG)
    lon, lat = given_lon, given_lat
    for _ in range(_ROUNDS):
        east, north = _gcj02_offset(lon, lat)
        next_lon = given_lon - np.where(near, east, 0.0)
        next_lat = given_lat - np.where(near, north, 0.0)
        settled = np.array_equal(next_lon, lon, True) and np.array_equal(next_lat, lat, True)
        lon, lat = next_lon, next_lat
        if settled:
            break
    inside = in_gcj02_area(lon, lat)
    return np.where(inside, lon, given_lon), np.where(inside, lat, given_lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """BD-09 longitudes and latitudes of GCJ-02 ones, in degrees."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """GCJ-02 longitudes and latitudes of BD-09 ones (degrees), by the same iteration."""
    given_lon, given_lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    lon, lat = given_lon - 0.0065, given_lat - 0.006
    for _ in range(_ROUNDS):
        there_lon, there_lat = gcj02_to_bd09(lon, lat)
        lon, lat = lon + (given_lon - there_lon), lat + (given_lat - there_lat)
    return lon, lat
