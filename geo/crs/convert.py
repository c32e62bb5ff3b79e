"""How do coordinates in a named CRS become longitudes and latitudes in CGCS2000?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from geo.crs.names import (
    FIRST_MERIDIAN,
    FIRST_WIDE_ZONE,
    FIRST_ZONE,
    LAST_WIDE_ZONE,
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
    metre. Single eastings whose zone number does not fit the stated zone become NaN. Raises
    CrsError for an unknown CRS, for eastings none of which fits the stated zone, and for a datum
    that needs `datum_shift` and got none.
    """
    east, north = np.broadcast_arrays(
        np.asarray(lon_or_x, dtype=np.float64), np.asarray(lat_or_y, dtype=np.float64)
    )
    east, north = _finite(east, north)
    name = known_crs(crs)
    if name in (STORED, "EPSG:4326"):
        return Stored(east, north, None)
    if name == "GCJ-02":
        note = "由 GCJ-02 换算，近似 · converted from GCJ-02, approximate"
        return Stored(*_finite(*gcj02_to_wgs84(east, north)), note)
    if name == "BD-09":
        lon, lat = gcj02_to_wgs84(*bd09_to_gcj02(east, north))
        note = "由 BD-09 换算，近似 · converted from BD-09, approximate"
        return Stored(*_finite(lon, lat), note)
    return _from_epsg(east, north, name, datum_shift)


def _from_epsg(east: Array, north: Array, name: str, shift: DatumShift | None) -> Stored:
    """Convert with PROJ, refusing every operation that only pretends to."""
    east = _in_stated_zone(east, name)
    made = _transformer(name, shift)
    lon, lat = made.transform(east, north, errcheck=False)
    label = CRS.from_user_input(name).name
    zh, en = ("（给定参数）", " (parameters as given)") if shift else ("", "")
    note = f"由 {label} 换算{zh} · converted from {label}{en}"
    if "to WGS 84" in made.description:
        metres = f"{made.accuracy:g} m" if made.accuracy >= 0 else "?"
        note = (
            f"由 {label} 经 WGS 84 换算，精度约 {metres} · "
            f"converted from {label} through WGS 84, accurate to about {metres}"
        )
    return Stored(*_finite(np.asarray(lon), np.asarray(lat)), note)


def _in_stated_zone(east: Array, name: str) -> Array:
    """The eastings with NaN for those whose zone number is not the one that the CRS has.

    Raises CrsError, naming the CRS that fits, when that is none of them. A zone number stands in
    the millions of an easting; a zone without one has false easting 500 000.
    """
    prefix = _zone_prefix(name)
    said = np.floor(east / 1_000_000)
    known = np.isfinite(east) & (east != 0)
    if prefix is None or not known.any():
        return east
    fits = said == prefix
    if not (fits & known).any():
        raise _wrong_zone(name, prefix, int(np.median(said[known])))
    return np.where(fits | ~known, east, np.nan)


@lru_cache(maxsize=64)
def _zone_prefix(name: str) -> int | None:
    """The zone number before the eastings of a Gauss–Krüger zone, 0 without; None for others."""
    try:
        operation = CRS.from_user_input(name).coordinate_operation
    except ProjCrsError:
        raise unknown_crs(name) from None
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    found = (param.value for param in operation.params if param.name == "False easting")
    zone, rest = divmod(float(next(found)), 1_000_000)
    return int(zone) if rest == 500_000 else None


def _wrong_zone(name: str, prefix: int, said: int) -> CrsError:
    """The error for eastings of another zone, with the CRS that fits where there is one."""
    code = int(name.removeprefix("EPSG:"))
    right = None
    if said == 0 and FIRST_ZONE <= code <= LAST_ZONE:
        right = code + FIRST_MERIDIAN - FIRST_ZONE
    elif 0 <= said - 25 <= LAST_ZONE - FIRST_ZONE:
        right = FIRST_ZONE + said - 25
    elif 0 <= said - 13 <= LAST_WIDE_ZONE - FIRST_WIDE_ZONE:
        right = FIRST_WIDE_ZONE + said - 13
    has = (
        (f"带有带号 {said}", f"start with {said}") if said else ("没有带号", "have no zone number")
    )
    wants = (f"的带号是 {prefix}", f"has zone {prefix}") if prefix else ("不带带号", "has none")
    zh = f"请改用 EPSG:{right}" if right else "请核对坐标系，或对调两轴（X 纵坐标为北）"
    en = f"state EPSG:{right}" if right else "check the CRS, or swap the axes (X 纵坐标 is north)"
    return CrsError(
        f"横坐标{has[0]}，而 {name} {wants[0]}；{zh}。\n"
        f"The eastings {has[1]}, but {name} {wants[1]}: {en}.",
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
        abroad = _through_wgs84(source, geodetic)
        if abroad is None:
            raise _needs_parameters(source) from None
        return abroad
    return made


_OLD_DATUMS = (4214, 4555, 4610)
"""Beijing 54, New Beijing and Xian 80: what PROJ knows of them holds for parts of China only."""
MOST_M = 5.0
"""Metres of inaccuracy with which a datum of other countries is taken through WGS 84."""


def _through_wgs84(source: CRS, geodetic: CRS) -> Transformer | None:
    """PROJ's best operation to WGS 84, which is stored as it is; None where it is not good enough.

    Other countries publish their datum's way to WGS 84 (Hong Kong 1980, OSGB36, ETRS89, JGD2011),
    hardly any to CGCS2000.
    """
    if geodetic.to_epsg() in _OLD_DATUMS:
        return None
    with warnings.catch_warnings():  # a better grid may not be installed; the accuracy tells
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(
            source, CRS.from_epsg(4326), always_xy=True, allow_ballpark=False
        ).transformers
    return group[0] if group and 0 <= group[0].accuracy <= MOST_M else None


def _moves(made: Transformer, source: CRS) -> bool:
    """Whether the operation yields finite coordinates at the middle of the CRS's area of use."""
    area = source.area_of_use
    assert area is not None
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    unproject = Transformer.from_crs(source.geodetic_crs, source, always_xy=True)
    return bool(np.isfinite(made.transform(*unproject.transform(lon, lat))).all())


def _needs_parameters(source: CRS) -> CrsError:
    return CrsError(
        f"{source.name} 到 CGCS2000 需要当地转换参数（七参数），没有参数无法如实换算；"
        "请用 --datum-shift 给出，或交付 CGCS2000 成果。\n"
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
