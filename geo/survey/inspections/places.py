"""Is a place that somebody wrote into a form the marker's, and where is it in EPSG:4490?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import shapely

from geo.crs import wgs84_to_gcj02
from geo.errors import BadInput, both
from geo.survey.inspections.along import CGCS2000
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.words import METHODS
from geo.survey.markers.positions import to_cgcs2000

FARTHEST_M = 3000.0
"""A measured marker farther than this from its archived place is a mistake of coordinates."""


def position_of(ground: Ground, subject: str, told: Any) -> tuple[dict[str, Any], Any]:
    """The position as written (x north or latitude, y east or longitude) and its place."""
    if not isinstance(told, Mapping):
        raise bad("position", "位置无法读取。", "the position is no mapping")
    x, y = number("x", told.get("x")), number("y", told.get("y"))
    if x is None or y is None:
        raise bad("position", "坐标不全，须同时填写两个坐标。", "both coordinates are needed")
    crs = str(told.get("crs") or "4490")
    place = to_cgcs2000(x, y, crs)
    if place.lon is None or place.lat is None:
        raise bad("position", f"坐标系 {crs[:30]}：{place.doubt}。", f"{crs[:30]}: {place.doubt}")
    sigma = number("sigma_m", told.get("sigma_m"))
    if sigma is not None and sigma <= 0:
        raise bad("sigma_m", "中误差须大于 0。", "the error must be above 0")
    method = str(told.get("method") or "").strip()
    method = next((code for code, zh in METHODS.items() if method in (code, zh)), "other")
    _plausible(ground, subject, place.lon, place.lat, sigma)
    made = {
        "crs": place.crs, "x": x, "y": y, "lon": place.lon, "lat": place.lat, "method": method,
        "sigma_m": sigma, "height_m": number("height_m", told.get("height_m")),
        "transformation": place.transformation,
    }  # fmt: skip
    return {k: v for k, v in made.items() if v is not None}, shapely.Point(place.lon, place.lat)


def _plausible(ground: Ground, subject: str, lon: float, lat: float, sigma: float | None) -> None:
    """Raise BadInput for a place far from the archived one, or shifted as phone maps shift."""
    marker = next(marker for marker in ground.markers if marker.number == subject)
    if marker.lon is None or marker.lat is None:
        return
    away = float(CGCS2000.inv(lon, lat, marker.lon, marker.lat)[2])
    shifted = wgs84_to_gcj02([marker.lon], [marker.lat])
    from_shifted = float(CGCS2000.inv(lon, lat, float(shifted[0][0]), float(shifted[1][0]))[2])
    if away > 100 and from_shifted < 30 + (sigma or 0.0):
        raise bad(
            "position",
            f"位置距档案位置 {away:.0f} 米，恰为手机地图（GCJ-02）的偏移，请改用 CGCS2000 坐标。",
            f"{away:.0f} m off, just as GCJ-02 shifts; give CGCS2000 coordinates",
        )
    if away > FARTHEST_M:
        raise bad(
            "position", f"位置距档案位置 {away / 1000:.1f} 千米，请核对坐标系、带号和坐标次序。",
            f"{away / 1000:.1f} km from its archived place: check CRS, zone and order",
        )  # fmt: skip


def number(name: str, given: Any) -> float | None:
    """A finite number, None where nothing is written. Raises BadInput for anything else."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise bad(name, f"「{str(given)[:20]}」不是数字。", f"{str(given)[:20]!r} is no number"
                   ) from None  # fmt: skip
    if not math.isfinite(value) or isinstance(given, bool):
        raise bad(name, "须为有限的数。", "a finite number is needed")
    return value


def bad(parameter: str, zh: str, en: str) -> BadInput:
    """A refusal in two languages that names the field."""
    return BadInput(both(zh, en), parameter=parameter)
