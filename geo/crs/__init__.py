"""How do delivered coordinates become CGCS2000 longitudes and latitudes (EPSG:4490)?

Everything that comes in passes through `to_stored`; nothing else in the house converts inwards.

Axis order. A Chinese survey sheet calls north X (纵坐标) and east Y (横坐标); EPSG:4490 and the
Gauss–Krüger zones 4513–4554 list north first too; software that draws lists east first. Here the
*first* array is always east (longitude, 横坐标) and the *second* north (latitude, 纵坐标), whatever
the columns were called. Who reads the columns settles which is which (`loaders/fields.py`).

GCJ-02 (高德, 腾讯) and BD-09 (百度) have no EPSG code and no published inverse: their shift is
undone by iteration, and the result is labelled approximate (近似). Xian 80 and Beijing 54 cannot
be brought to CGCS2000 without parameters for the place: PROJ would silently do nothing.
"""

from __future__ import annotations

from geo.crs.convert import DatumShift, Stored, to_stored
from geo.crs.names import FIRST_MERIDIAN, FIRST_ZONE, STORED, known_crs
from geo.crs.phone_maps import (
    Array,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    in_gcj02_area,
    wgs84_to_gcj02,
)

__all__ = [
    "FIRST_MERIDIAN",
    "FIRST_ZONE",
    "STORED",
    "Array",
    "DatumShift",
    "Stored",
    "bd09_to_gcj02",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "in_gcj02_area",
    "known_crs",
    "to_stored",
    "wgs84_to_gcj02",
]
