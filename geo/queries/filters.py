"""Which facilities are meant? One filter for lists, nearest, radius and area; every value bound.

A filter turns into a list of SQL conditions on the alias `f` and a dict of bind values. The text of
the conditions depends only on *which* fields are set, so a statement is built once per shape and
kept; the values are always bind parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.errors import BadInput, both
from geo.models.facility import CARE_LEVELS, FIRE_STATES, STATES
from geo.models.kinds import GROUPS, KINDS, kinds_of

PARAMETER_WORDS = {
    "state": "状态", "care_level": "照护等级", "fire_state": "消防状态", "ownership": "所有制",
}  # fmt: skip
VALUE_WORDS = {
    "open": "开放", "paused": "暂停", "planned": "筹建", "under_construction": "在建",
    "closed": "关闭", "passed": "达标", "failed": "未达标", "pending": "办理中",
    "independent": "能自理", "partial": "半失能", "full": "失能", "dementia": "认知症",
    "public": "公办", "private": "民办",
}  # fmt: skip
"""What the fixed values of the filters are called in Chinese, for messages."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_TEXT = 100

# Opening times of one day; an interval that ends before it starts runs past midnight.
_HOURS = "jsonb_path_query(f.hours, CAST(:{} AS jsonpath)) AS s"
_OPEN_AT = f"""EXISTS (
    SELECT FROM {_HOURS.format("open_day")}
    WHERE s ->> 0 <= :open_time AND (:open_time < s ->> 1 OR s ->> 1 <= s ->> 0))
  OR EXISTS (
    SELECT FROM {_HOURS.format("day_before")}
    WHERE s ->> 1 <= s ->> 0 AND :open_time < s ->> 1)"""

# The cheapest known price decides; facilities without a known price never pass a price cap.
_PRICE = """EXISTS (
    SELECT FROM facility_price p
    WHERE p.facility_id = f.id AND coalesce(p.low, p.high) <= :max_price
      AND (CAST(:price_unit AS text) IS NULL OR p.unit = :price_unit)
      AND (CAST(:price_item AS text) IS NULL OR p.item = :price_item))"""

CONDITIONS = {
    "kinds": "f.kinds && :kinds",
    "states": "f.state = ANY(:states)",
    "bbox": "ST_Intersects(f.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490))",
    "care_level": "CAST(:care_level AS text) = ANY(f.care_levels)",
    "max_price": _PRICE,
    "with_free_beds": "f.beds_free > 0",
    "with_medical": "f.medical_link IS NOT NULL AND f.medical_link NOT IN ('none', '无', '')",
    "barrier_free": "f.has_lift AND f.has_ramp",
    "fire_state": "f.fire_state = :fire_state",
    "open_at": _OPEN_AT,
    "text": "(strpos(lower(f.name), :text) > 0 OR strpos(lower(f.address), :text) > 0)",
    "ownership": "f.ownership = :ownership",
}
"""Field of the filter → its condition; each stands alone and is joined by AND."""


@dataclass(frozen=True, slots=True)
class FacilityFilter:
    """What a facility must be to be listed; a field that is None or False asks nothing.

    kinds: codes of kinds or of groups (geo.models.kinds); any of them suffices.
    states: states that pass, `("open",)` by default; None or () lets every state pass.
    within: code of a division (12 digits) or of a planning zone; see `geo.queries.within`.
    bbox: west, south, east, north in degrees, EPSG:4490; points on its edge are inside.
    care_level: a level of CARE_LEVELS that the facility accepts.
    max_price: yuan; the facility's lowest price must not be above. Monthly prices where the kinds
        include residential ones or none are named, any unit otherwise; of `care_level` where given.
    with_free_beds, with_medical, barrier_free: must be known to have free beds; an own clinic or
        contract; lift and ramp. Unknown does not pass.
    open_at: local time at which it must be known to be open.
    text: part of the name or the address.
    """

    kinds: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = ("open",)
    within: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    care_level: str | None = None
    max_price: float | None = None
    with_free_beds: bool = False
    with_medical: bool = False
    barrier_free: bool = False
    fire_state: str | None = None
    open_at: datetime | None = None
    text: str | None = None
    ownership: str | None = None

    def __post_init__(self) -> None:
        """Refuse values that can match nothing, naming the parameter; expand groups to kinds."""
        if self.kinds is not None:
            object.__setattr__(self, "kinds", _expanded(self.kinds))
        if self.states is not None:
            object.__setattr__(self, "states", tuple(_each(self.states, STATES, "state")) or None)
        _one_of(self.care_level, CARE_LEVELS, "care_level")
        _one_of(self.fire_state, FIRE_STATES, "fire_state")
        _one_of(self.ownership, ("public", "private"), "ownership")
        if self.bbox is not None:
            _check_bbox(self.bbox)
        price = self.max_price
        if price is not None and not (math.isfinite(price) and price >= 0):
            raise BadInput(
                both(
                    f"价格上限须是不小于 0 的数（元），现为 {price}。",
                    f"max_price must be a number of yuan ≥ 0, not {price}",
                ),
                parameter="max_price",
            )
        if self.text is not None:
            _check_text(self.text)

    @property
    def shape(self) -> tuple[str, ...]:
        """Which conditions are asked for: the key under which a statement is built once."""
        asked = (name for name in CONDITIONS if getattr(self, name) not in (None, False, (), ""))
        return tuple(asked)

    def binds(self) -> dict[str, Any]:
        """The values of the bind parameters that the conditions of `shape` name."""
        made: dict[str, Any] = {}
        for name in self.shape:
            value = getattr(self, name)
            if name == "bbox":
                made |= dict(zip(("west", "south", "east", "north"), value, strict=True))
            elif name == "open_at":
                made |= _moment(value)
            elif name == "max_price":
                made |= {
                    "max_price": value,
                    "price_unit": self._price_unit(),
                    "price_item": self.care_level,
                }
            elif name == "text":
                made["text"] = value.strip().lower()
            elif value is not True:
                made[name] = list(value) if isinstance(value, tuple) else value
        return made

    def _price_unit(self) -> str | None:
        """The unit that a price cap is about: a month where someone may live there."""
        residential = self.kinds is None or any(KINDS[kind].is_residential for kind in self.kinds)
        return "month" if residential else None


def kind_code(said: str) -> str:
    """The code of a kind or group that someone names by its code or its Chinese name."""
    named = {group.zh: code for code, group in GROUPS.items()}
    named |= {kind.zh: code for code, kind in KINDS.items()}
    return named.get(said.strip(), said.strip())


def where(shape: tuple[str, ...], *more: str) -> str:
    """The SQL condition on `f` for a filter's shape: in force on `:on`, and all that is asked."""
    parts = ["f.validity @> CAST(:on AS date)", *(f"({CONDITIONS[name]})" for name in shape), *more]
    return "\n  AND ".join(parts)


def check_point(lon: float, lat: float) -> None:
    """Refuse a position that is not on the globe, naming the coordinate.

    Raises BadInput for NaN, infinity, |lon| > 180 or |lat| > 90; where the two look swapped, the
    message says so.
    """
    zh_hint, en_hint = swapped_hint(lon, lat)
    for zh, name, value, limit in (("经度", "lon", lon, 180.0), ("纬度", "lat", lat, 90.0)):
        if not (math.isfinite(value) and -limit <= value <= limit):
            raise BadInput(
                both(
                    f"{zh}须在 −{limit:g} 至 {limit:g} 度之间，现为 {value}。{zh_hint}",
                    f"{name} must lie in −{limit:g} … {limit:g}, not {value}.{en_hint}",
                ),
                parameter=name,
            )


def swapped_hint(lon: float, lat: float) -> tuple[str, str]:
    """What to tell someone who seems to have written latitude before longitude; else nothing."""
    if not (abs(lon) <= 90 < abs(lat) <= 180):
        return "", ""
    return (
        f"经纬度似乎写反了：先经度、后纬度，即 {lat:g} {lon:g}。",
        f" Longitude and latitude look swapped: longitude comes first, {lat:g} {lon:g}.",
    )


def check_radius(radius_m: float, *, longest_m: float = 50_000.0) -> None:
    """Refuse a radius that is no positive length up to `longest_m` (metres)."""
    if not (math.isfinite(radius_m) and 0 < radius_m <= longest_m):
        raise BadInput(
            both(
                f"半径须大于 0、不超过 {longest_m:g} 米，现为 {radius_m}。",
                f"radius_m must lie above 0 and up to {longest_m:g} m, not {radius_m}",
            ),
            parameter="radius_m",
        )


def check_limit(limit: int, *, most: int = 10_000) -> None:
    """Refuse a number of rows outside 1 … `most`."""
    if not 1 <= limit <= most:
        raise BadInput(
            both(
                f"条数须在 1 至 {most} 之间，现为 {limit}。",
                f"limit must lie in 1 … {most}, not {limit}",
            ),
            parameter="limit",
        )


def _expanded(codes: Iterable[str]) -> tuple[str, ...] | None:
    if isinstance(codes, str):
        codes = (codes,)
    kinds = [kind for code in codes for kind in kinds_of(code)]
    return tuple(dict.fromkeys(kinds)) or None


def _each(values: Iterable[str], known: tuple[str, ...], parameter: str) -> Iterable[str]:
    for value in (values,) if isinstance(values, str) else values:
        _one_of(value, known, parameter)
        yield value


def _one_of(value: str | None, known: tuple[str, ...], parameter: str) -> None:
    if value is not None and value not in known:
        raise BadInput(
            both(
                f"{PARAMETER_WORDS.get(parameter, parameter)}没有「{value[:40]}」这个值；可用："
                + "、".join(f"{VALUE_WORDS[word]} {word}" for word in known)
                + "。",
                f"unknown {parameter} {value[:40]!r}; known: {', '.join(known)}",
            ),
            parameter=parameter,
        )


def _check_bbox(bbox: tuple[float, float, float, float]) -> None:
    west, south, east, north = bbox
    for lon, lat in ((west, south), (east, north)):
        try:
            check_point(lon, lat)
        except BadInput as problem:
            zh, _, en = str(problem).partition("\n")
            message = both(f"范围框有误：{zh}", f"bbox: {en}")
            raise BadInput(message, parameter="bbox") from None
    if west > east or south > north:
        raise BadInput(
            both(
                "范围框的次序是西、南、东、北，且西不大于东、南不大于北；"
                f"现为 {west}、{south}、{east}、{north}。",
                f"bbox is west,south,east,north; {west} … {east} and {south} … {north} run"
                " backwards",
            ),
            parameter="bbox",
        )


def _check_text(value: str) -> None:
    if "\0" in value or len(value) > LONGEST_TEXT:
        raise BadInput(
            both(
                f"查找的文字最多 {LONGEST_TEXT} 个字，不能有空字符。",
                f"text is at most {LONGEST_TEXT} characters, without NUL",
            ),
            parameter="q",
        )


def _moment(at: datetime) -> dict[str, str]:
    """The paths to the intervals of the day and of the day before, and HH:MM, of a local time."""
    day = at.weekday()
    return {
        "open_day": f"$.{DAYS[day]}[*]",
        "day_before": f"$.{DAYS[day - 1]}[*]",
        "open_time": f"{at.hour:02d}:{at.minute:02d}",
    }
