"""In which coordinate systems could these numbers be, by their values alone?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import (
    FIRST_MERIDIAN,
    FIRST_ZONE,
    STORED,
    Array,
    DatumShift,
    Stored,
    in_gcj02_area,
    to_stored,
)
from geo.errors import CrsError
from geo.loaders.angles import unpacked

Mask = NDArray[np.bool_]

DEGREES = 400.0
"""Numbers up to this are degrees; eastings and northings of China have six digits and more."""
MOST = 0.5
"""A reading is possible when at least this share of the rows makes sense in it."""
FIRST_SIX, LAST_SIX = 13, 23
FIRST_THREE, LAST_THREE = 25, 45
FIRST_ZONE_6 = 4491
PACKED = f"{STORED} dms"
"""Degrees, minutes and seconds written without marks: 1212833.5 is 121°28′33.5″."""


@dataclass(frozen=True, slots=True, eq=False)
class CrsGuess:
    """One way to read the numbers, and where the rows would lie (degrees, EPSG:4490; else NaN).

    `swapped` exchanges the two columns. `why_stated` says why nobody may choose it unasked; such a
    reading may lack positions of its own.
    """

    crs: str
    words: str
    lon: Array
    lat: Array
    swapped: bool = False
    why_stated: str | None = None

    @property
    def label(self) -> str:
        """The CRS as `--crs` understands it, and whether the axes are swapped."""
        return f"{self.crs}, axes swapped" if self.swapped else self.crs


def in_china(lon: Array, lat: Array) -> Mask:
    """Inside the rectangle around China, islands included; not its border."""
    return np.asarray((lon >= 73) & (lon <= 136) & (lat >= 3) & (lat <= 54))


def on_earth(lon: Array, lat: Array) -> Mask:
    """Finite longitudes and latitudes of the earth, but not 0,0."""
    return np.asarray((np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ~((lon == 0) & (lat == 0)))


def guesses(x: Array, y: Array) -> list[CrsGuess]:
    """Every reading in which at least half of the rows make sense; x is the column called east."""
    known = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    if not known.any():
        return []
    size = float(np.median(np.maximum(np.abs(x[known]), np.abs(y[known]))))
    found: list[CrsGuess] = []
    for swapped in (False, True):
        east, north = (y, x) if swapped else (x, y)
        made = _in_degrees(east, north) if size <= DEGREES else _in_metres(east, north)
        for crs, words, must_state in made:
            guess = _placed(east, north, crs, words, must_state, swapped, known)
            if guess is not None:
                found.append(guess)
    return found


_Named = tuple[str, str, str | None]


def _in_degrees(east: Array, north: Array) -> Iterator[_Named]:
    alike = "CGCS2000 或 WGS 84 经纬度（二者不区分） · degrees, CGCS2000 or WGS 84 alike"
    yield STORED, alike, None
    if _most(in_gcj02_area(east, north)):
        yield "GCJ-02", "高德、腾讯经纬度 · degrees of phone maps", None
        yield "BD-09", "百度经纬度 · degrees of Baidu", None


def _in_metres(east: Array, north: Array) -> Iterator[_Named]:
    packed = unpacked(east), unpacked(north)
    if _most(in_china(*packed)):
        yield PACKED, "度分秒连写 · degrees, minutes, seconds", "须声明 · only when stated"
    if _most((np.abs(east) < 20_037_509) & (np.abs(north) < 20_037_509)):
        yield "EPSG:3857", "网络墨卡托 · web Mercator", None
    if not _most((north > 3e5) & (north < 6.2e6)):
        return
    if _most((east > 1e5) & (east < 9e5)):
        for step in range(LAST_THREE - FIRST_THREE + 1):
            meridian = 75 + 3 * step
            both = "3°、6° 带" if meridian % 6 == 3 else "3° 带"
            words = f"CGCS2000 {both}，中央经线 {meridian}°，无带号 · central meridian {meridian}°E"
            yield f"EPSG:{FIRST_MERIDIAN + step}", words, None
    zones = east[np.isfinite(east)] // 1_000_000
    zone = int(np.median(zones)) if zones.size else 0
    if not _most(east // 1_000_000 == zone):
        return
    if FIRST_THREE <= zone <= LAST_THREE:
        yield f"EPSG:{FIRST_ZONE + zone - FIRST_THREE}", _zone_words(3, zone), None
    elif FIRST_SIX <= zone <= LAST_SIX:
        yield f"EPSG:{FIRST_ZONE_6 + zone - FIRST_SIX}", _zone_words(6, zone), None


def _zone_words(width: int, zone: int) -> str:
    return f"CGCS2000 {width}° 带，带号 {zone} · {width}° zone {zone} by the prefix"


def _most(mask: Mask) -> bool:
    return bool(mask.mean() >= MOST)


def _placed(
    east: Array, north: Array, crs: str, words: str, must_state: str | None, swapped: bool,
    known: Mask,
) -> CrsGuess | None:  # fmt: skip
    """The reading with its positions, or None when most rows would lie off the earth."""
    if crs == PACKED:
        east, north = unpacked(east), unpacked(north)
    real = STORED if crs == PACKED else crs
    try:
        stored = to_stored(east, north, real)
    except CrsError:
        return None  # no easting carries the zone number that it needs
    if (on_earth(stored.lon, stored.lat) & known).sum() < MOST * known.sum():
        return None
    stored, _, _ = rows_turned(east, north, real, stored)
    good = on_earth(stored.lon, stored.lat)
    lon, lat = np.where(good, stored.lon, np.nan), np.where(good, stored.lat, np.nan)
    return CrsGuess(crs, words, lon, lat, swapped, must_state)


def read_in(guess: CrsGuess, x: Array, y: Array) -> tuple[Array, Array]:
    """Other numbers of the same file in this reading: degrees, EPSG:4490; NaN off the earth."""
    east, north = (y, x) if guess.swapped else (x, y)
    if guess.crs == PACKED:
        east, north = unpacked(east), unpacked(north)
    nowhere = np.full(np.shape(x), np.nan)
    try:
        stored = to_stored(east, north, STORED if guess.crs == PACKED else guess.crs)
    except CrsError:
        return nowhere, nowhere
    good = on_earth(stored.lon, stored.lat)
    return np.where(good, stored.lon, np.nan), np.where(good, stored.lat, np.nan)


def rows_turned(
    east: Array, north: Array, crs: str, stored: Stored, shift: DatumShift | None = None
) -> tuple[Stored, Mask, Mask]:
    """Positions with the axes of single rows put right; which were, and which look swapped only.

    A row is put right when it lies off the earth as it is (or far from China among rows that do
    not), and amid the sound rows when its axes are exchanged.
    """
    out = _out_of_place(stored.lon, stored.lat) | other_zone(east, crs)
    turned = np.zeros(east.shape, dtype=bool)
    looks = (stored.lat >= 73) & (stored.lat <= 136) & (stored.lon >= 3) & (stored.lon <= 54)
    rows = np.flatnonzero(
        out & np.isfinite(east) & np.isfinite(north) & ((east != 0) | (north != 0))
    )
    sound = ~out & np.isfinite(stored.lon)
    if not rows.size or not sound.any():
        return stored, turned, looks
    try:
        other = to_stored(north[rows], east[rows], crs, datum_shift=shift)
    except CrsError:
        return stored, turned, looks
    fits = in_china(other.lon, other.lat) & _amid(other, stored, sound)
    right = rows[fits]
    lon, lat = stored.lon.copy(), stored.lat.copy()
    lon[right], lat[right] = other.lon[fits], other.lat[fits]
    turned[right] = True
    return Stored(lon, lat, stored.note), turned, looks & ~turned


def _out_of_place(lon: Array, lat: Array) -> Mask:
    """Rows off the earth, or far from China in a file that speaks of China."""
    good = on_earth(lon, lat)
    home = in_china(lon, lat)
    return ~home if home.sum() * 2 > good.sum() else ~good


def _amid(other: Stored, stored: Stored, sound: Mask) -> Mask:
    """Which positions lie where the sound rows lie, give or take two degrees."""
    west, east = np.percentile(stored.lon[sound], (1, 99))
    south, north = np.percentile(stored.lat[sound], (1, 99))
    return np.asarray(
        (other.lon >= west - 2) & (other.lon <= east + 2)
        & (other.lat >= south - 2) & (other.lat <= north + 2)
    )  # fmt: skip


def _code(crs: str) -> int:
    """The EPSG number of a CRS, 0 where it has none."""
    number = crs.removeprefix("EPSG:")
    return int(number) if number.isdecimal() else 0


def is_meridian(crs: str) -> bool:
    """Whether it is a 3° zone named by its central meridian, whose eastings have no number."""
    return FIRST_MERIDIAN <= _code(crs) <= FIRST_MERIDIAN + LAST_THREE - FIRST_THREE


def other_zone(east: Array, crs: str) -> Mask:
    """Rows whose easting begins with another zone number than that of the CRS, or with any."""
    code = _code(crs)
    if FIRST_ZONE <= code <= FIRST_ZONE + 20:
        return np.asarray(np.isfinite(east) & (east // 1_000_000 != code - FIRST_ZONE + 25))
    if is_meridian(crs):
        return np.asarray(np.isfinite(east) & (np.abs(east) >= 1_000_000))
    return np.zeros(east.shape, dtype=bool)


_OLDER = (("西安 80 · Xian 80", 2349, 2370, 2327), ("北京 54 · Beijing 54", 2401, 2422, 21413))


def older_datums(guess: CrsGuess) -> list[CrsGuess]:
    """The zones of Xian 80 and Beijing 54 with the very same numbers; they need parameters.

    Their positions are unknown: read as CGCS2000 they come out 50–150 m away, which no division
    and no range of values can tell.
    """
    code = _code(guess.crs)
    why = "须声明并给出参数 --datum-shift · only when stated, with parameters"
    made = []
    for words, zones, meridians, six in _OLDER:
        older = None
        if FIRST_ZONE <= code <= FIRST_ZONE + 20:
            older = code - FIRST_ZONE + zones
        elif FIRST_MERIDIAN <= code <= FIRST_MERIDIAN + 20:
            older = code - FIRST_MERIDIAN + meridians
        elif FIRST_ZONE_6 <= code <= FIRST_ZONE_6 + 10:
            older = code - FIRST_ZONE_6 + six
        if older is not None:
            made.append(CrsGuess(f"EPSG:{older}", words, guess.lon, guess.lat, guess.swapped, why))
    return made
