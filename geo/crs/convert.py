"""How do coordinates in a named CRS become longitudes and latitudes in CGCS2000?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError

from geo.crs.names import (
    FIRST_MERIDIAN,
    FIRST_ZONE,
    LAST_MERIDIAN,
    LAST_ZONE,
    STORED,
    known_crs,
    unknown_crs,
)
from geo.crs.phone_maps import Array, bd09_to_gcj02, gcj02_to_wgs84
from geo.errors import CrsError


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
        raise unknown_crs(name) from None
    geodetic = source.geodetic_crs
    if geodetic is None:
        raise unknown_crs(name)
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
