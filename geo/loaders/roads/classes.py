"""What does a class of road, with what is tagged on it, mean for people on foot and for cars?

Classes are the values of OpenStreetMap's key `highway`; Chinese words of other sources are put
into them. What the source leaves open stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import radians, tan

_BOTH = (
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
    "tertiary_link", "unclassified", "residential", "living_street", "service", "road", "track",
)  # fmt: skip
_ON_FOOT = (
    "footway", "pedestrian", "path", "steps", "corridor", "elevator", "platform", "crossing",
    "bridleway", "trail",
)  # fmt: skip
WALKABLE = frozenset((*_BOTH, *_ON_FOOT))
DRIVABLE = frozenset((*_BOTH, "motorway", "motorway_link"))
OPEN_IF_TOLD = frozenset(("cycleway", "busway", "bus_guideway"))
"""Classes on which people walk only where a tag says so."""
_YES = frozenset(("yes", "designated", "permissive", "official", "destination", "customers"))
_NO = frozenset(("no", "private", "use_sidepath", "agricultural", "forestry", "emergency"))
CLOSED = frozenset(("private", "military"))
"""Values of `access` of what is never taken from a source."""
# Words of road registers and plans; the longest that stands in a cell decides.
_WORDS = {
    "高速公路匝道": "motorway_link", "高速公路": "motorway", "高速": "motorway",
    "城市快速路": "trunk", "快速路": "trunk", "快速道路": "trunk", "国道": "trunk",
    "省道": "primary", "主干路": "primary", "主干道": "primary", "县道": "secondary",
    "次干路": "secondary", "次干道": "secondary", "乡道": "tertiary", "支路": "tertiary",
    "村道": "unclassified", "街巷": "residential", "巷道": "residential", "小区道路": "residential",
    "居住区道路": "residential", "内部道路": "service", "匝道": "primary_link",
    "机耕路": "track", "步行街": "pedestrian", "步行道": "footway", "人行道": "footway",
    "人行天桥": "footway", "人行横道": "footway", "天桥": "footway", "地下通道": "footway",
    "步道": "footway", "绿道": "path", "小路": "path", "台阶": "steps", "阶梯": "steps",
    "自行车道": "cycleway", "非机动车道": "cycleway",
}  # fmt: skip
_ONEWAY = {
    "yes": True, "true": True, "1": True, "y": True, "t": True,
    "单行": True, "单向": True, "是": True,
    "-1": True, "reverse": True,
    "no": False, "false": False, "0": False, "n": False, "f": False,
    "双向": False, "否": False, "": False,
}  # fmt: skip
_BACKWARDS = frozenset(("-1", "reverse"))
_KMH = re.compile(r"(\d+(?:\.\d+)?)\s*(km/?h|kph|公里/?小?时?|mph)?", re.IGNORECASE)
_MILE_KM = 1.609344
MOST_KMH = 200.0
_SLOPE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([%％°])")
MOST_SLOPE = 1.0


@dataclass(frozen=True, slots=True)
class Use:
    """What an edge is open to; None where nothing tells."""

    road_class: str | None
    walkable: bool | None
    drivable: bool | None
    is_steps: bool | None


NOTHING_KNOWN = Use(None, None, None, None)


def use_of(tags: Mapping[str, str]) -> Use:
    """What the tags of a road (`highway`, `access`, `foot`, `motor_vehicle` …) say of its use.

    A road of several classes, as simplified graphs have them, is open to what all of them are.
    """
    classes = classes_of(tags.get("highway"))
    if not classes:
        return NOTHING_KNOWN
    foot = _opens(tags.get("foot"))
    car = _opens(tags.get("motor_vehicle") or tags.get("motorcar") or tags.get("vehicle"))
    access = _opens(tags.get("access"))
    return Use(
        ";".join(classes),
        all(_is_walkable(one, foot, access, tags) for one in classes),
        all(_is_drivable(one, car, access) for one in classes),
        "steps" in classes,
    )


def _is_walkable(
    road_class: str, foot: bool | None, access: bool | None, tags: Mapping[str, str]
) -> bool:
    if road_class in WALKABLE:
        if tags.get("motorroad") == "yes" and foot is None:
            return False
        return foot if foot is not None else access is not False
    return road_class in OPEN_IF_TOLD and foot is True


def _is_drivable(road_class: str, car: bool | None, access: bool | None) -> bool:
    if road_class not in DRIVABLE:
        return False
    return car if car is not None else access is not False


def _opens(value: str | None) -> bool | None:
    """Whether an access tag opens (True) or closes (False) a road; None where it says neither."""
    if not value:
        return None
    said = {part.strip() for part in value.split(";")}
    if said & _YES:
        return True
    return False if said & (_NO | CLOSED) else None


def classes_of(value: str | None) -> list[str]:
    """The classes that a cell names: one, or several as in `['steps', 'footway']`."""
    if not value or not value.strip():
        return []
    parts = [part.strip(" '\"") for part in re.split(r"[;,|]", value.strip(" []()"))]
    return list(dict.fromkeys(_class_of(part) for part in parts if part))


def _class_of(word: str) -> str:
    """A class in OpenStreetMap's words, where the word is known; else the word itself."""
    if word.isascii():
        return word.casefold()
    known = [chinese for chinese in _WORDS if chinese in word]
    return _WORDS[max(known, key=len)] if known else word


def is_closed(tags: Mapping[str, str]) -> str | None:
    """Why a road is never taken: `military`, or `private`; None where it may be."""
    if tags.get("military") or "military" in (tags.get("landuse"), tags.get("access")):
        return "military"
    return "private" if tags.get("access") == "private" else None


def oneway_of(tags: Mapping[str, str]) -> tuple[bool | None, bool]:
    """Whether vehicles go one way only (None: unknown), and whether that is against the line.

    An empty `oneway` is two-way traffic; without any, only roundabouts and motorways tell.
    """
    said = tags.get("oneway", "?").strip().casefold()
    if said in _ONEWAY and said:
        return _ONEWAY[said], said in _BACKWARDS
    if tags.get("junction") in ("roundabout", "circular"):
        return True, False
    if "motorway" in classes_of(tags.get("highway")) and said in ("", "?"):
        return True, False
    return _ONEWAY.get(said), False


def speed_of(value: str | None) -> float | None:
    """km/h of `40`, `40 km/h`, `25 mph`; of several the lowest; None where it is no number."""
    if not value:
        return None
    speeds = []
    for part in re.split(r"[;,|]", value.strip(" []")):
        found = _KMH.fullmatch(part.strip(" '\""))
        if not found:
            return None
        is_miles = (found[2] or "").casefold() == "mph"
        speeds.append(float(found[1]) * (_MILE_KM if is_miles else 1.0))
    slowest = min(speeds)
    return slowest if 0 < slowest <= MOST_KMH else None


def slope_of(value: str | None) -> float | None:
    """Rise over length of `5%`, `-10 %`, `3°`; None where it is no number (`up`)."""
    found = _SLOPE.fullmatch((value or "").strip())
    if not found:
        return None
    number = float(found[1])
    slope = tan(radians(number)) if found[2] == "°" else number / 100
    return slope if abs(slope) <= MOST_SLOPE else None
