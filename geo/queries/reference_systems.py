"""In which reference systems do features leave and boxes come, and which axis is first there?

By the standards of the OGC a system is named by its URI, and coordinates stand in the order of its
authority: EPSG lists north first for 4326, 4490 and the Gauss–Krüger zones; CRS84 and 3857 list
east first. PostGIS and PROJ as used here give east first: the others are flipped.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyproj
import shapely

from geo.crs import FIRST_MERIDIAN, FIRST_ZONE
from geo.errors import BadInput, both

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
STORAGE_URI = f"{_EPSG}4490"
MERCATOR = 3857
STEPS = 20
"""Into how many pieces each side of a box is cut before it is brought to degrees."""


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """A reference system by URI: its EPSG number, and whether north stands first in it."""

    uri: str
    srid: int
    north_first: bool
    is_degrees: bool
    words: str

    @property
    def reach(self) -> tuple[float, float, float, float]:
        """West, south, east, north of where its numbers mean a place on the ground."""
        if self.is_degrees:
            return -180, -90, 180, 90
        if self.srid == MERCATOR:
            return -20_037_508, -20_037_508, 20_037_508, 20_037_508
        zone = 25 + self.srid - FIRST_ZONE if self.srid < FIRST_MERIDIAN else 0
        middle = zone * 1_000_000 + 500_000
        return middle - 3_000_000, 0, middle + 3_000_000, 9_000_000

    @property
    def digits(self) -> int:
        """Decimals that tell a position to a centimetre."""
        return 7 if self.is_degrees else 3

    def sql(self, geom: str) -> str:
        """SQL of a stored geometry in this system, axes in its order."""
        # 4490, 4326 and CRS84 differ by the name alone. The number stands as an integer: as text
        # PostGIS would look the system up for every row.
        named = f"ST_SetSRID({geom}, 4326)" if self.srid == MERCATOR else geom
        moved = geom if self.is_degrees else f"ST_Transform({named}, {self.srid})"
        return f"ST_FlipCoordinates({moved})" if self.north_first else moved


def _systems() -> dict[str, ReferenceSystem]:
    made = [
        ReferenceSystem(CRS84_URI, 4326, False, True, "WGS 84, lon, lat"),
        ReferenceSystem(STORAGE_URI, 4490, True, True, "CGCS2000, lat, lon"),
        ReferenceSystem(f"{_EPSG}4326", 4326, True, True, "WGS 84, lat, lon"),
        ReferenceSystem(f"{_EPSG}3857", 3857, False, False, "Web Mercator, x, y"),
    ]
    for number in range(21):
        zone, meridian = FIRST_ZONE + number, FIRST_MERIDIAN + number
        made.append(
            ReferenceSystem(
                f"{_EPSG}{zone}", zone, True, False, f"CGCS2000 zone {25 + number}, X north, Y east"
            )
        )
        made.append(
            ReferenceSystem(
                f"{_EPSG}{meridian}", meridian, True, False,
                f"CGCS2000 CM {75 + 3 * number}E, X north, Y east",
            )
        )  # fmt: skip
    return {one.uri: one for one in made}


SYSTEMS = _systems()
CRS84 = SYSTEMS[CRS84_URI]
_URN = re.compile(r"urn:ogc:def:crs:(EPSG|OGC):[0-9.]*:(\w+)", re.ASCII)


def system(uri: str, parameter: str = "crs") -> ReferenceSystem:
    """The system of a URI (`[…]` of a CURIE and URN forms are understood too).

    Raises BadInput naming the parameter for one that is not offered.
    """
    found = SYSTEMS.get(uri) or _other_form(uri)
    if found is None:
        raise BadInput(
            both(
                f"参数 {parameter} 不是可用的坐标系 URI：「{uri[:100]}」；可用的见集合的 crs，"
                f"如 {CRS84_URI}、{STORAGE_URI}。",
                f"parameter {parameter!r} is no URI of a system that is offered; see the "
                f"collection's crs, for example {STORAGE_URI}",
            ),
            parameter=parameter,
        )
    return found


def _other_form(uri: str) -> ReferenceSystem | None:
    bare = uri.removeprefix("[").removesuffix("]")
    secure = bare.replace("https://", "http://", 1)
    if urn := _URN.fullmatch(bare):
        secure = CRS84_URI if urn[2] == "CRS84" else f"{_EPSG}{urn[2]}"
    elif curie := re.fullmatch(r"(EPSG|OGC):(\w+)", bare, re.ASCII):
        secure = CRS84_URI if curie[2] == "CRS84" else f"{_EPSG}{curie[2]}"
    return SYSTEMS.get(secure)


@dataclass(frozen=True, slots=True)
class Area:
    """A box as SQL conditions can use it: up to two envelopes in degrees, or a polygon as EWKB."""

    boxes: tuple[tuple[float, float, float, float], ...] = ()
    polygon: str | None = None

    def condition(self, geom: str) -> tuple[str, dict[str, Any]]:
        """The SQL condition that a geometry meets the box, and its values."""
        if self.polygon is not None:
            return f"ST_Intersects({geom}, CAST(:area AS geometry))", {"area": self.polygon}
        parts: list[str] = []
        values: dict[str, Any] = {}
        for number, box in enumerate(self.boxes):
            names = [f"{side}{number}" for side in ("west", "south", "east", "north")]
            values |= dict(zip(names, box, strict=True))
            listed = ", ".join(f"CAST(:{name} AS float8)" for name in names)
            parts.append(f"ST_Intersects({geom}, ST_MakeEnvelope({listed}, 4490))")
        return f"({' OR '.join(parts)})", values


def read_box(text: str, given: ReferenceSystem = CRS84, parameter: str = "bbox") -> Area:
    """The area of a bbox of four or six numbers in the axis order of its system.

    In degrees a west beyond the east goes across the antimeridian. Raises BadInput.
    """
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise _bad(parameter, "须为 4 或 6 个数", "4 or 6 numbers, separated by commas")
    numbers = [_number(part, parameter) for part in parts]
    half = len(numbers) // 2
    if half == 3 and numbers[2] > numbers[5]:
        raise _bad(parameter, "最低高度大于最高高度", "its lowest height lies above its highest")
    (x1, y1), (x2, y2) = numbers[:2], numbers[half : half + 2]
    if given.north_first:
        x1, y1, x2, y2 = y1, x1, y2, x2
    return _area(x1, y1, x2, y2, given, parameter)


def _area(
    x1: float, y1: float, x2: float, y2: float, given: ReferenceSystem, parameter: str
) -> Area:
    """The area between two corners, east first."""
    if y1 > y2:
        raise _bad(parameter, "南边大于北边", "its south lies above its north")
    if given.is_degrees:
        if not (-180 <= x1 <= 180 and -180 <= x2 <= 180 and y1 >= -90 and y2 <= 90):
            raise _bad(
                parameter, "经度须在 ±180、纬度须在 ±90 之内，并按坐标系的轴序",
                "longitudes within ±180, latitudes within ±90, in the axis order of the system",
            )  # fmt: skip
        if x1 > x2:
            return Area(((x1, y1, 180.0, y2), (-180.0, y1, x2, y2)))
        return Area(((x1, y1, x2, y2),))
    if x1 > x2:
        raise _bad(parameter, "西边大于东边", "its west lies beyond its east")
    west, south, east, north = given.reach
    if x2 < west or x1 > east or y2 < south or y1 > north:
        raise _bad(parameter, "超出该坐标系可用范围", "it lies outside what the system covers")
    # A map that is zoomed out asks for more than the system covers: there is nothing beyond.
    box = shapely.box(max(x1, west), max(y1, south), min(x2, east), min(y2, north))
    return Area(polygon=_ewkb(to_degrees(box, given, parameter)))


def to_degrees(shape: shapely.Geometry, given: ReferenceSystem, parameter: str) -> shapely.Geometry:
    """A shape with east first in a system, in stored degrees; long sides are cut before.

    Raises BadInput where the system does not reach.
    """
    if given.is_degrees:
        return shape
    left, low, right, high = shapely.bounds(shape)
    west, south, east, north = given.reach
    if not (left >= west and low >= south and right <= east and high <= north):
        raise _bad(parameter, "超出该坐标系可用范围", "it lies outside what the system covers")
    longest = max(right - left, high - low)
    if longest > 0:
        shape = shapely.segmentize(shape, longest / STEPS)
    points = shapely.get_coordinates(shape)
    lon, lat = _to_stored(given.srid).transform(points[:, 0], points[:, 1])
    points[:, 0], points[:, 1] = lon, lat
    moved: shapely.Geometry = shapely.set_coordinates(shape, points)
    return moved


@lru_cache(maxsize=64)
def _to_stored(srid: int) -> pyproj.Transformer:
    target = 4326 if srid == MERCATOR else 4490  # of one datum: PROJ must not guess between two
    return pyproj.Transformer.from_crs(srid, target, always_xy=True, allow_ballpark=False)


def _ewkb(shape: shapely.Geometry) -> str:
    made: str = shapely.to_wkb(shapely.set_srid(shape, 4490), hex=True, include_srid=True)
    return made


def _number(text: str, parameter: str) -> float:
    """A finite number written plainly."""
    if not re.fullmatch(r"\s*[-+]?(\d{1,20}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?\s*", text,
                        re.ASCII):  # fmt: skip
        raise _bad(parameter, f"「{text[:30]}」不是数", f"{text[:30]!r} is no number")
    made = float(text)
    if not math.isfinite(made):
        raise _bad(parameter, "须为有限数", "its numbers must be finite")
    return made


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(
        both(f"参数 {parameter} 有误：{zh}。", f"parameter {parameter!r}: {en}"),
        parameter=parameter,
    )
