"""Which CRS does a name, a number or a Chinese word mean?"""

from __future__ import annotations

import re

from geo.errors import CrsError

STORED = "EPSG:4490"
FIRST_ZONE, LAST_ZONE = 4513, 4533  # 3° zones 25–45, easting with the zone number in front
FIRST_WIDE_ZONE, LAST_WIDE_ZONE = 4491, 4501  # 6° zones 13–23, easting with the zone number
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
    raise unknown_crs(name)


def _in_range(name: str, code: int, first: int, last: int) -> str:
    if not first <= code <= last:
        raise unknown_crs(name)
    return f"EPSG:{code}"


def unknown_crs(name: str) -> CrsError:
    """The error for a CRS that nobody here knows, with those that can be used."""
    return CrsError(
        f"不认识坐标系 {name!r}；可用：cgcs2000、wgs84、gcj02、bd09、EPSG 代号（如 4549）、"
        "「CGCS2000 CM 120」。\n"
        f"Unknown CRS {name!r}; use cgcs2000, wgs84, gcj02, bd09, an EPSG number such as 4549, or "
        "'CGCS2000 CM 120'.",
        parameter="crs",
    )
