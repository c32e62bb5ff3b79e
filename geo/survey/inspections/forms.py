"""Is what a side wrote down about a marker or a stretch usable, and if not, why?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import shapely

from geo.crs import wgs84_to_gcj02
from geo.errors import BadInput, both
from geo.survey.inspections.along import CGCS2000
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import content_key, impersonal, signed
from geo.survey.inspections.words import (
    ACTIONS,
    FEATURES,
    METHODS,
    NORTHS,
    STATES,
    VIEWS,
    VISIBLE,
)
from geo.survey.markers.positions import to_cgcs2000
from geo.validity import CHINA_TIME, today_in_china

FARTHEST_M = 3000.0
"""A measured marker farther than this from its archived place is a mistake of coordinates."""
_TRUE = {"true", "yes", "1", "是", "有", "y", "t"}
_FALSE = {"false", "no", "0", "否", "无", "没有", "n", "f"}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "state": STATES, "visible": VISIBLE, "feature_changed": FEATURES, "action": ACTIONS,
}  # fmt: skip
_YES_NO = {
    "marker": ("legible", "repainted", "references_seen", "one_sided_marks"),
    "segment": ("cross_border_building", "one_sided_marks"),
}
_CHOSEN = {"marker": ("state", "action"), "segment": ("visible", "feature_changed", "action")}
_NEEDED = {"marker": "state", "segment": "visible"}


@dataclass(frozen=True, slots=True)
class Form:
    """What one side wrote about one marker or stretch, checked. geom: measured place, EPSG:4490.

    confirmed: side → office that confirmed it on the spot. photos: as `files.photos` left them.
    """

    kind: str
    subject: str
    line_code: str
    side: str
    role: str
    at: datetime
    values: dict[str, Any]
    confirmed: dict[str, str]
    photos: tuple[dict[str, Any], ...] = ()
    geom: Any = field(default=None)

    @property
    def on(self) -> date:
        """The day in China."""
        return self.at.astimezone(CHINA_TIME).date()

    @property
    def data(self) -> dict[str, Any]:
        """What the log keeps of it."""
        return {
            "values": self.values, "confirmed": self.confirmed, "photos": list(self.photos),
            "at": self.at.isoformat(),
        }  # fmt: skip

    @property
    def key(self) -> str:
        """The same form that comes in twice, also in another file, has one key."""
        return content_key([self.kind, self.subject, self.side, self.data])


def checked_form(one: Campaign, ground: Ground, told: Mapping[str, Any]) -> Form:
    """The form that is meant. Raises BadInput with the reason for one that cannot be used.

    told: kind, subject, side, role, at, values, confirmed, photos (already kept).
    """
    kind, subject = str(told.get("kind") or ""), str(told.get("subject") or "").strip()
    line_code = _subject(ground, kind, subject)
    side = one.side(str(told.get("side") or "").strip().upper()).side
    values, geom = _values(ground, kind, subject, told.get("values") or {})
    confirmed = _confirmed(one, told.get("confirmed") or {})
    return Form(
        kind, subject, line_code, side, signed(str(told.get("role") or "")),
        _time(told.get("at")), values, confirmed,
        tuple(_photo(photo) for photo in told.get("photos") or ()), geom,
    )  # fmt: skip


def _subject(ground: Ground, kind: str, subject: str) -> str:
    if kind == "marker":
        for marker in ground.markers:
            if marker.number == subject:
                return marker.lines_here[0]
        raise _bad(
            "subject", f"联检范围内没有界桩「{subject[:40]}」。", f"no marker {subject[:40]!r}"
        )
    if kind == "segment":
        for part in ground.stretches:
            if part.id == subject:
                return part.line_code
        raise _bad("subject", f"没有界线段「{subject[:40]}」。", f"no stretch {subject[:40]!r}")
    raise _bad("kind", f"不认识表种「{kind[:40]}」。", f"unknown kind of form {kind[:40]!r}")


def _values(
    ground: Ground, kind: str, subject: str, told: Any
) -> tuple[dict[str, Any], Any]:  # fmt: skip
    if not isinstance(told, Mapping):
        raise _bad("values", "表格内容无法读取。", "the values are no mapping")
    made: dict[str, Any] = {}
    for name in _CHOSEN[kind]:
        if (chosen := _choice(name, told.get(name))) is not None:
            made[name] = chosen
    if _NEEDED[kind] not in made:
        raise _bad(_NEEDED[kind], "没有填写状态。", f"{_NEEDED[kind]} is not filled in")
    for name in _YES_NO[kind]:
        if (answer := _yes_no(name, told.get(name))) is not None:
            made[name] = answer
    for name in ("danger", "note"):
        if text := impersonal(str(told.get(name) or "")):
            made[name] = text
    position = told.get("position")
    if kind != "marker" or not position:
        return made, None
    made["position"], geom = _position(ground, subject, position)
    return made, geom


def _choice(name: str, given: Any) -> str | None:
    words = _CHOICES[name]
    plain = str(given if given is not None else "").strip()
    if not plain:
        return None
    for code, zh in words.items():
        if plain in (code, zh):
            return code
    raise _bad(name, f"「{plain[:20]}」不在可选项中：{'、'.join(words.values())}。",
               f"{plain[:20]!r} is none of {', '.join(words)}")  # fmt: skip


def _yes_no(name: str, given: Any) -> bool | None:
    if given is None or isinstance(given, bool):
        return given
    plain = str(given).strip().lower()
    if not plain:
        return None
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    raise _bad(name, f"「{plain[:20]}」应为 是 或 否。", f"{plain[:20]!r} is neither yes nor no")


def _position(ground: Ground, subject: str, told: Any) -> tuple[dict[str, Any], Any]:
    """The position as written (x north or latitude, y east or longitude) and its place."""
    if not isinstance(told, Mapping):
        raise _bad("position", "位置无法读取。", "the position is no mapping")
    x, y = _number("x", told.get("x")), _number("y", told.get("y"))
    if x is None or y is None:
        raise _bad("position", "坐标不全，须同时填写两个坐标。", "both coordinates are needed")
    crs = str(told.get("crs") or "4490")
    place = to_cgcs2000(x, y, crs)
    if place.lon is None or place.lat is None:
        raise _bad("position", f"坐标系 {crs[:30]}：{place.doubt}。", f"{crs[:30]}: {place.doubt}")
    sigma = _number("sigma_m", told.get("sigma_m"))
    if sigma is not None and sigma <= 0:
        raise _bad("sigma_m", "中误差须大于 0。", "the error must be above 0")
    method = str(told.get("method") or "").strip()
    method = next((code for code, zh in METHODS.items() if method in (code, zh)), "other")
    _plausible(ground, subject, place.lon, place.lat, sigma)
    made = {
        "crs": place.crs, "x": x, "y": y, "lon": place.lon, "lat": place.lat, "method": method,
        "sigma_m": sigma, "height_m": _number("height_m", told.get("height_m")),
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
        raise _bad(
            "position",
            f"位置距档案位置 {away:.0f} 米，恰为手机地图（GCJ-02）的偏移，请改用 CGCS2000 坐标。",
            f"{away:.0f} m off, just as GCJ-02 shifts; give CGCS2000 coordinates",
        )
    if away > FARTHEST_M:
        raise _bad(
            "position", f"位置距档案位置 {away / 1000:.1f} 千米，请核对坐标系、带号和坐标次序。",
            f"{away / 1000:.1f} km from its archived place: check CRS, zone and order",
        )  # fmt: skip


def _number(name: str, given: Any) -> float | None:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise _bad(name, f"「{str(given)[:20]}」不是数字。", f"{str(given)[:20]!r} is no number"
                   ) from None  # fmt: skip
    if not math.isfinite(value) or isinstance(given, bool):
        raise _bad(name, "须为有限的数。", "a finite number is needed")
    return value


def _time(given: Any) -> datetime:
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
    except ValueError:
        raise _bad("at", f"时间「{str(given)[:30]}」应写作 2026-05-06 或 2026-05-06 10:30。",
                   "the time should be written 2026-05-06 10:30") from None  # fmt: skip
    at = at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)
    if at.astimezone(CHINA_TIME).date() > today_in_china():
        raise _bad("at", f"时间 {at:%Y-%m-%d} 在将来。", f"{at:%Y-%m-%d} lies in the future")
    return at


def _confirmed(one: Campaign, told: Any) -> dict[str, str]:
    if not isinstance(told, Mapping):
        raise _bad("confirmed", "确认栏无法读取。", "the confirmations are no mapping")
    return {
        one.side(str(side)).side: signed(str(role)) for side, role in told.items() if role
    }  # fmt: skip


def _photo(told: Mapping[str, Any]) -> dict[str, Any]:
    """A photo's facts; the picture itself lies in the home folder under its checksum."""
    view = str(told.get("view") or "other")
    bearing = _number("bearing_deg", told.get("bearing_deg"))
    if bearing is not None and not 0 <= bearing < 360:
        raise _bad("bearing_deg", f"方位角 {bearing:g} 须在 0 至 360 之间。", "0 to 360 degrees")
    made: dict[str, Any] = {
        "sha256": told["sha256"], "view": view if view in VIEWS else "other",
        "bearing_deg": bearing,
    }  # fmt: skip
    if bearing is not None:
        given = str(told.get("bearing_from") or "magnetic")
        made["bearing_from"] = given if given in NORTHS else "magnetic"
    if told.get("taken_at"):
        made["taken_at"] = _time(told["taken_at"]).isoformat()
    return made


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter=parameter)
