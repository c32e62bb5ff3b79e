"""Is what a side wrote down about a marker or a stretch usable, and if not, why?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import content_key, impersonal, signed
from geo.survey.inspections.places import bad, number, position_of
from geo.survey.inspections.words import (
    ACTIONS,
    FEATURES,
    NORTHS,
    STATES,
    VIEWS,
    VISIBLE,
)
from geo.validity import CHINA_TIME, today_in_china

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
        raise bad(
            "subject", f"联检范围内没有界桩「{subject[:40]}」。", f"no marker {subject[:40]!r}"
        )
    if kind == "segment":
        for part in ground.stretches:
            if part.id == subject:
                return part.line_code
        raise bad("subject", f"没有界线段「{subject[:40]}」。", f"no stretch {subject[:40]!r}")
    raise bad("kind", f"不认识表种「{kind[:40]}」。", f"unknown kind of form {kind[:40]!r}")


def _values(
    ground: Ground, kind: str, subject: str, told: Any
) -> tuple[dict[str, Any], Any]:  # fmt: skip
    if not isinstance(told, Mapping):
        raise bad("values", "表格内容无法读取。", "the values are no mapping")
    made: dict[str, Any] = {}
    for name in _CHOSEN[kind]:
        if (chosen := _choice(name, told.get(name))) is not None:
            made[name] = chosen
    if _NEEDED[kind] not in made:
        raise bad(_NEEDED[kind], "没有填写状态。", f"{_NEEDED[kind]} is not filled in")
    for name in _YES_NO[kind]:
        if (answer := _yes_no(name, told.get(name))) is not None:
            made[name] = answer
    for name in ("danger", "note"):
        if text := impersonal(str(told.get(name) or "")):
            made[name] = text
    position = told.get("position")
    if kind != "marker" or not position:
        return made, None
    made["position"], geom = position_of(ground, subject, position)
    return made, geom


def _choice(name: str, given: Any) -> str | None:
    words = _CHOICES[name]
    plain = str(given if given is not None else "").strip()
    if not plain:
        return None
    for code, zh in words.items():
        if plain in (code, zh):
            return code
    raise bad(name, f"「{plain[:20]}」不在可选项中：{'、'.join(words.values())}。",
               f"{plain[:20]!r} is none of {', '.join(words)}")  # fmt: skip


def _yes_no(name: str, given: Any) -> bool | None:
    if given is None or isinstance(given, bool):
        return given
    plain = str(given).strip().lower()
    if not plain:
        return None
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    raise bad(name, f"「{plain[:20]}」应为 是 或 否。", f"{plain[:20]!r} is neither yes nor no")


def _time(given: Any) -> datetime:
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
    except ValueError:
        raise bad("at", f"时间「{str(given)[:30]}」应写作 2026-05-06 或 2026-05-06 10:30。",
                   "the time should be written 2026-05-06 10:30") from None  # fmt: skip
    at = at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)
    if at.astimezone(CHINA_TIME).date() > today_in_china():
        raise bad("at", f"时间 {at:%Y-%m-%d} 在将来。", f"{at:%Y-%m-%d} lies in the future")
    return at


def _confirmed(one: Campaign, told: Any) -> dict[str, str]:
    if not isinstance(told, Mapping):
        raise bad("confirmed", "确认栏无法读取。", "the confirmations are no mapping")
    return {
        one.side(str(side)).side: signed(str(role)) for side, role in told.items() if role
    }  # fmt: skip


def _photo(told: Mapping[str, Any]) -> dict[str, Any]:
    """A photo's facts; the picture itself lies in the home folder under its checksum."""
    view = str(told.get("view") or "other")
    bearing = number("bearing_deg", told.get("bearing_deg"))
    if bearing is not None and not 0 <= bearing < 360:
        raise bad("bearing_deg", f"方位角 {bearing:g} 须在 0 至 360 之间。", "0 to 360 degrees")
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
