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

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError

from geo.errors import CrsError

Array = NDArray[np.float64]

STORED = "EPSG:4490"
FIRST_ZONE, LAST_ZONE = 4513, 4533  # 3° zones 25–45, easting with the zone number in front
FIRST_MERIDIAN, LAST_MERIDIAN = 4534, 4554  # the same zones named by meridian, without it

_NAMES = {
    "cgcs2000": STORED,
    "国家2000": STORED,
    "2000国家大地坐标系": STORED,
    "wgs84": "EPSG:4326",
    "crs84": "EPSG:4326",
    "gps": "EPSG:4326",
    "webmercator": "EPSG:3857",
    "gcj02": "GCJ-02",
    "火星坐标": "GCJ-02",
    "高德": "GCJ-02",
    "腾讯": "GCJ-02",
    "bd09": "BD-09",
    "bd09ll": "BD-09",
    "百度": "BD-09",
    "xian80": "EPSG:4610",
    "西安80": "EPSG:4610",
    "1980西安坐标系": "EPSG:4610",
    "beijing54": "EPSG:4214",
    "北京54": "EPSG:4214",
    "1954北京坐标系": "EPSG:4214",
}

_THREE_DEGREE = r"(?:cgcs2000)?(?:3(?:度|degree|deg)?)?"


@dataclass(frozen=True, slots=True)
class DatumShift:
    """Seven parameters from an older datum to CGCS2000, valid for one place.

    Position-vector convention: shifts in metres, rotations in arc seconds, scale in parts per
    million. (With coordinate-frame parameters the rotations have the opposite sign.)
    """

    dx_m: float
    dy_m: float
    dz_m: float
    rx_arcsec: float = 0.0
    ry_arcsec: float = 0.0
    rz_arcsec: float = 0.0
    scale_ppm: float = 0.0


class Stored(NamedTuple):
    """Longitudes and latitudes in EPSG:4490 and, where it matters, what to say of them.

    Coordinates that cannot be converted (not a number, infinite, off the projection) are NaN.
    """

    lon: Array
    lat: Array
    note: str | None


def known_crs(name: str) -> str:
    """The house's name of a CRS: `EPSG:n`, `GCJ-02` or `BD-09`.

    Understands EPSG numbers with or without `EPSG:`, CGCS2000, WGS 84, GCJ-02, BD-09, Xian 80,
    Beijing 54 and their Chinese names, and `CGCS2000 zone 40` / `CGCS2000 CM 120` for the 3°
    zones. Raises CrsError with the list for any other.
    """
    folded = re.sub(r"[\s_\-:/()（）°]", "", name).casefold()
    if folded in _NAMES:
        return _NAMES[folded]
    if found := re.fullmatch(rf"{_THREE_DEGREE}(?:zone|带号?)(\d\d)", folded):
        return _in_range(name, FIRST_ZONE - 25 + int(found[1]), FIRST_ZONE, LAST_ZONE)
    if found := re.fullmatch(rf"{_THREE_DEGREE}(?:cm|中央经线)(\d+)e?", folded):
        steps, rest = divmod(int(found[1]) - 75, 3)
        return _in_range(name, 0 if rest else FIRST_MERIDIAN + steps, FIRST_MERIDIAN, LAST_MERIDIAN)
    if code := re.fullmatch(r"(?:epsg|urnogcdefcrsepsg)?(\d{4,6})", folded):
        return f"EPSG:{int(code[1])}"
    if folded in ("urnogcdefcrsogc1.3crs84", "ogccrs84"):
        return "EPSG:4326"
    raise _unknown(name)


def _in_range(name: str, code: int, first: int, last: int) -> str:
    if not first <= code <= last:
        raise _unknown(name)
    return f"EPSG:{code}"


def _unknown(name: str) -> CrsError:
    return CrsError(
        f"不认识坐标系 {name!r}; 可用: cgcs2000, wgs84, gcj02, bd09, EPSG 代号 (如 4549), "
        "「CGCS2000 CM 120」。\n"
        f"Unknown CRS {name!r}; use cgcs2000, wgs84, gcj02, bd09, an EPSG number such as 4549, or "
        "'CGCS2000 CM 120'.",
        parameter="crs",
    )


def to_stored(
    lon_or_x: ArrayLike, lat_or_y: ArrayLike, crs: str, *, datum_shift: DatumShift | None = None
) -> Stored:
    """Longitudes and latitudes (degrees, EPSG:4490) of coordinates in `crs`.

    `lon_or_x` is east (longitude or easting in metres), `lat_or_y` north; arrays of one shape.
    WGS 84 is taken for CGCS2000 as it is: the ellipsoids differ by 0.1 mm, the frames by under a
    metre. Raises CrsError for an unknown CRS, for eastings whose zone number does not fit the
    stated zone, and for a datum that needs `datum_shift` and got none.
    """
    east, north = np.broadcast_arrays(
        np.asarray(lon_or_x, dtype=np.float64), np.asarray(lat_or_y, dtype=np.float64)
    )
    east, north = _finite(east, north)
    name = known_crs(crs)
    if name in (STORED, "EPSG:4326"):
        return Stored(east, north, None)
    if name == "GCJ-02":
        note = "由 GCJ-02 换算, 近似 · converted from GCJ-02, approximate"
        return Stored(*_finite(*gcj02_to_wgs84(east, north)), note)
    if name == "BD-09":
        lon, lat = gcj02_to_wgs84(*bd09_to_gcj02(east, north))
        note = "由 BD-09 换算, 近似 · converted from BD-09, approximate"
        return Stored(*_finite(lon, lat), note)
    return _from_epsg(east, north, name, datum_shift)


def _from_epsg(east: Array, north: Array, name: str, shift: DatumShift | None) -> Stored:
    """Convert with PROJ, refusing every operation that only pretends to."""
    code = int(name.removeprefix("EPSG:"))
    _check_zone_prefix(east, code)
    lon, lat = _transformer(name, shift).transform(east, north, errcheck=False)
    label = CRS.from_user_input(name).name
    used = " (给定参数 · parameters as given)" if shift else ""
    note = f"由 {label} 换算{used} · converted from {label}"
    return Stored(*_finite(np.asarray(lon), np.asarray(lat)), note)


def _check_zone_prefix(east: Array, code: int) -> None:
    """Raise CrsError when all eastings carry a zone number and the CRS has none, or otherwise."""
    known = east[np.isfinite(east)]
    if known.size == 0:
        return
    if FIRST_MERIDIAN <= code <= LAST_MERIDIAN and bool((known > 1_000_000).all()):
        zone = int(np.median(known) // 1_000_000)
        right = FIRST_ZONE + zone - 25
        raise CrsError(
            f"横坐标带有带号 {zone}, 而 EPSG:{code} 不带带号; 请改用 EPSG:{right}。\n"
            f"The eastings start with zone number {zone}, but EPSG:{code} has none: state "
            f"EPSG:{right}, or swap the axes (X 纵坐标 is north).",
            parameter="crs",
        )
    if FIRST_ZONE <= code <= LAST_ZONE and bool((known < 1_000_000).all()):
        right = code + FIRST_MERIDIAN - FIRST_ZONE
        raise CrsError(
            f"横坐标没有带号, 而 EPSG:{code} 需要带号; 请改用 EPSG:{right}。\n"
            f"The eastings have no zone number, but EPSG:{code} needs one: state EPSG:{right}.",
            parameter="crs",
        )


@lru_cache(maxsize=64)
def _transformer(name: str, shift: DatumShift | None) -> Transformer:
    """PROJ's operation from an EPSG CRS to lon, lat in CGCS2000; never a ballpark one."""
    try:
        source = CRS.from_user_input(name)
    except ProjCrsError:
        raise _unknown(name) from None
    geodetic = source.geodetic_crs
    if geodetic is None:
        raise _unknown(name)
    if shift is not None:
        return _shifted(source, geodetic, shift)
    # WGS 84 is stored as it is, so its projections are only unprojected.
    target = geodetic if geodetic.to_epsg() in (4326, 4490) else CRS.from_user_input(STORED)
    try:
        made = Transformer.from_crs(
            source, target, always_xy=True, allow_ballpark=False, only_best=True
        )
        probe = source.area_of_use
        if geodetic.to_epsg() not in (4326, 4490) and (probe is None or not _moves(made, source)):
            raise ProjError("no operation")
    except ProjError:
        raise _needs_parameters(source) from None
    return made


def _moves(made: Transformer, source: CRS) -> bool:
    """Whether the operation yields finite coordinates at the middle of the CRS's area of use."""
    area = source.area_of_use
    assert area is not None
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    unproject = Transformer.from_crs(source.geodetic_crs, source, always_xy=True)
    return bool(np.isfinite(made.transform(*unproject.transform(lon, lat))).all())


def _needs_parameters(source: CRS) -> CrsError:
    return CrsError(
        f"{source.name} 到 CGCS2000 需要当地转换参数 (七参数), 没有参数无法如实换算; "
        "请用 --datum-shift 给出, 或交付 CGCS2000 成果。\n"
        f"{source.name} needs local parameters to become CGCS2000: give seven of them with "
        "--datum-shift, or deliver CGCS2000 coordinates.",
        parameter="crs",
    )


def _shifted(source: CRS, geodetic: CRS, shift: DatumShift) -> Transformer:
    """Unproject, go to geocentric axes, move by the seven parameters, come back on CGCS2000."""
    ellipsoid = geodetic.ellipsoid
    assert ellipsoid is not None
    figure = f"+a={ellipsoid.semi_major_metre} +rf={ellipsoid.inverse_flattening}"
    stored = CRS.from_user_input(STORED).ellipsoid
    assert stored is not None
    first = "+step +proj=unitconvert +xy_in=deg +xy_out=rad"
    if source.is_projected:
        unproject = Transformer.from_crs(source, geodetic, always_xy=True).definition
        steps = unproject.replace("proj=pipeline", "").strip()
        first = f"{' '.join(_plus(steps))} {first}"
    return Transformer.from_pipeline(
        f"+proj=pipeline {first} +step +proj=cart {figure} "
        f"+step +proj=helmert +x={shift.dx_m} +y={shift.dy_m} +z={shift.dz_m} "
        f"+rx={shift.rx_arcsec} +ry={shift.ry_arcsec} +rz={shift.rz_arcsec} "
        f"+s={shift.scale_ppm} +convention=position_vector "
        f"+step +inv +proj=cart +a={stored.semi_major_metre} +rf={stored.inverse_flattening} "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )


def _plus(definition: str) -> list[str]:
    """The words of a PROJ definition, each with its plus sign."""
    return [word if word.startswith("+") else f"+{word}" for word in definition.split()]


def _finite(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Make both NaN wherever one is not finite."""
    good = np.isfinite(lon) & np.isfinite(lat)
    return np.where(good, lon, np.nan), np.where(good, lat, np.nan)


# GCJ-02 and BD-09 as published in many open implementations: Krasovsky's ellipsoid, and shifts of
# 100–700 m made of sines. Outside the rectangle that the published code uses, GCJ-02 is WGS 84.
_A = 6378245.0
_EE = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_ROUNDS = 30


def in_gcj02_area(lon: Array, lat: Array) -> NDArray[np.bool_]:
    """Where GCJ-02 differs from WGS 84: the rectangle of the published code, not the border."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


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
    """
    given_lon, given_lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = in_gcj02_area(given_lon, given_lat)
    lon, lat = given_lon, given_lat
    for _ in range(_ROUNDS):
        east, north = _gcj02_offset(lon, lat)
        next_lon = given_lon - np.where(inside, east, 0.0)
        next_lat = given_lat - np.where(inside, north, 0.0)
        settled = np.array_equal(next_lon, lon, True) and np.array_equal(next_lat, lat, True)
        lon, lat = next_lon, next_lat
        if settled:
            break
    return lon, lat


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
