"""Where does a marker stand in CGCS2000, and which coordinates must not be taken for that?

A survey sheet calls north X (纵坐标) and east Y (横坐标), and so do the columns here. Those on
Xian 80 or Beijing 54 need seven parameters of the place; without them they have **no** place in
CGCS2000: they stay approximate (近似) and no verdict rests on them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from geo.crs import FIRST_ZONE, DatumShift, known_crs, to_stored
from geo.errors import CrsError, both
from geo.survey.bearings import Array, plane_of, zone_meridian

OLD_DATUMS = (4214, 4555, 4610)
"""Beijing 54, New Beijing 54, Xian 80."""
PHONE_MAPS = ("GCJ-02", "BD-09")
NORTHMOST_M = 6_100_000.0
"""No place of China lies so far north of the equator; a plane further up folds over the pole."""
WITHOUT_PARAMETERS = "无转换参数，不能当作 CGCS2000 · no parameters: not to be taken for CGCS2000"


@dataclass(frozen=True, slots=True)
class Position:
    """A place: as stated (x north, y east in `crs`) and, if it can be told, in EPSG:4490.

    lon, lat None: it cannot be told, `doubt` says why. sigma_m: error in the plane, 1 σ; None is
    unknown. frame_epoch: decimal year of the frame, None where not stated. transformation: how
    the place in EPSG:4490 came about.
    """

    crs: str | None
    x: float | None
    y: float | None
    lon: float | None
    lat: float | None
    sigma_m: float | None = None
    height_m: float | None = None
    height_datum: str | None = None
    frame_epoch: float | None = None
    transformation: str | None = None
    doubt: str | None = None

    @property
    def is_firm(self) -> bool:
        """Whether it is a place in CGCS2000 on which a verdict may rest."""
        return self.lon is not None and self.lat is not None and self.doubt is None

    @property
    def place(self) -> tuple[float, float]:
        """Longitude and latitude of a firm place. Raises CrsError where it is not firm."""
        if self.lon is None or self.lat is None or self.doubt is not None:
            raise _bad(f"{self.doubt or '没有坐标'}。", "no place in CGCS2000 is known")
        return self.lon, self.lat


@dataclass(frozen=True, slots=True)
class Told:
    """Coordinates brought to EPSG:4490, or None with the reason."""

    crs: str
    lon: float | None
    lat: float | None
    transformation: str | None
    doubt: str | None


def to_cgcs2000(x: float, y: float, crs: str, *, shift: DatumShift | None = None) -> Told:
    """The place of measured or archived coordinates (x north, y east) in EPSG:4490.

    On an old datum without `shift` there is none, and `doubt` says so. Raises CrsError for an
    unknown CRS, for phone-map coordinates (GCJ-02, BD-09 are no survey), and where the easting
    does not fit the stated zone or the place lies off the CRS.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        raise _bad("坐标须为有限的数。", "coordinates are finite numbers")
    name = known_crs(crs)
    if name in PHONE_MAPS:
        raise _bad(
            f"{name} 是手机地图的偏移坐标，不能作为测量成果。", f"{name} is shifted: no survey"
        )
    if shift is None and rests_on_old_datum(name):
        return Told(name, None, None, None, WITHOUT_PARAMETERS)
    made = to_stored([y], [x], name, datum_shift=shift)
    lon, lat = float(made.lon[0]), float(made.lat[0])
    if not (math.isfinite(lon) and 73 <= lon <= 136 and 0 <= lat <= 54 and x < NORTHMOST_M):
        raise _bad(
            f"x＝{x:g}（北）、y＝{y:g}（东）在 {name} 中不是中国的一处，请核对两轴与带号。",
            f"x (north) {x:g}, y (east) {y:g} is no place of China in {name}: check axes and zone",
        )
    return Told(name, lon, lat, made.note, None)


def rests_on_old_datum(crs: str) -> bool:
    """Whether a CRS rests on Xian 80 or Beijing 54."""
    name = known_crs(crs)
    if name in PHONE_MAPS:
        return False
    try:
        geodetic = CRS.from_user_input(name).geodetic_crs
    except ProjCrsError:
        return False
    return geodetic is not None and geodetic.to_epsg() in OLD_DATUMS


def doubt_of_archive(
    crs: str | None, transformation: str | None, is_approximate: bool, has_place: bool
) -> str | None:
    """Why no verdict may rest on an archived place; None where it may.

    Also where a row claims to be exact: an old datum without a stated transformation is never taken
    for CGCS2000, whatever the other columns say.
    """
    if not has_place:
        return "没有档案坐标 · no archived coordinates"
    if crs is None:
        return "档案坐标系未知 · the CRS of the archive is unknown"
    try:
        is_old = rests_on_old_datum(crs)
        name = known_crs(crs)
    except CrsError:
        return f"不认识档案坐标系 {crs[:40]} · unknown CRS"
    if name in PHONE_MAPS:
        return f"{name} 坐标只能近似 · approximate only"
    if is_old and (is_approximate or not transformation or "近似" in transformation):
        return f"{name}：{WITHOUT_PARAMETERS}"
    return "近似坐标 · approximate" if is_approximate else None


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Gauss–Krüger coordinates in metres; `zoned_m` is the easting with its zone number."""

    north_m: Array
    east_m: Array
    meridian_deg: int

    @property
    def zone(self) -> int:
        """The number of the 3° zone."""
        return self.meridian_deg // 3

    @property
    def zoned_m(self) -> Array:
        """The easting with the zone number in front: 40 500 000 on the meridian of zone 40."""
        return self.east_m + self.zone * 1e6

    @property
    def epsg(self) -> int:
        """The EPSG code of the zone with the number in its eastings."""
        return FIRST_ZONE + self.zone - 25


def gauss_kruger(lon: ArrayLike, lat: ArrayLike, meridian_deg: int | None = None) -> Plane:
    """Project places (EPSG:4490, degrees) to one 3° Gauss–Krüger plane of CGCS2000, in metres.

    The plane is that of `meridian_deg`, else of the zone of the first place. Raises BadInput for
    places that no number stands for.
    """
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if meridian_deg is None:
        meridian_deg = int(zone_meridian(lons.flat[0]))
    east, north = plane_of(meridian_deg)(lons, lats)
    made = Plane(np.asarray(north), np.asarray(east), meridian_deg)
    if not (np.isfinite(made.north_m).all() and np.isfinite(made.east_m).all()):
        raise _bad("坐标不能投影到该三度带。", "the places cannot be projected to that zone")
    return made


def from_plane(
    north_m: ArrayLike, east_m: ArrayLike, meridian_deg: int
) -> tuple[Array, Array]:  # fmt: skip
    """Longitudes and latitudes (EPSG:4490) of Gauss–Krüger coordinates without zone number."""
    lon, lat = plane_of(meridian_deg)(np.asarray(east_m), np.asarray(north_m), inverse=True)
    return np.asarray(lon), np.asarray(lat)


def meridian_of(crs: str | None, lon: float) -> int:
    """The central meridian in whose plane a marker is compared: its archive's, else its own.

    The archive's where that is a 3° zone of CGCS2000 (EPSG 4513–4554), so that ΔN and ΔE are
    differences of the numbers in the register.
    """
    if crs is not None:
        code = known_crs(crs).removeprefix("EPSG:")
        if code.isdigit() and FIRST_ZONE <= int(code) <= FIRST_ZONE + 41:
            return 75 + 3 * ((int(code) - FIRST_ZONE) % 21)
    return int(zone_meridian(lon))


def _bad(zh: str, en: str) -> CrsError:
    return CrsError(both(zh, en), parameter="crs")
