"""Where do both sides' forms differ, and what have both confirmed? Neither side's form is changed.

A marker or stretch is settled when every side has filed and their forms agree, when one form bears
the confirmation of every side, or when every side has confirmed the same form after the last one
came in. Until then it is listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from geo.errors import BadInput, both
from geo.settings import InspectionSettings, read
from geo.survey.inspections.along import CGCS2000
from geo.survey.inspections.campaign import Campaign
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import Entry, append, impersonal
from geo.survey.inspections.words import FEATURES, FIELDS, SIDES, STATES, VISIBLE

_COMPARED = {
    "marker": ("state", "legible", "references_seen", "one_sided_marks"),
    "segment": ("visible", "feature_changed", "cross_border_building", "one_sided_marks"),
}
_WORDS = {"state": STATES, "visible": VISIBLE, "feature_changed": FEATURES}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that sides tell differently: side → what it says."""

    field: str
    said: dict[str, str]

    @property
    def field_zh(self) -> str:
        """The field in Chinese."""
        return FIELDS[self.field]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one marker or stretch stands between the sides.

    forms: the latest form of each side; agreed: the form that counts, None until it is settled.
    missing: sides without a form whose confirmation is wanting; confirmed: side → number of the
    form that it confirmed last.
    """

    kind: str
    subject: str
    label: str
    line_code: str
    forms: dict[str, Entry]
    differences: tuple[Difference, ...]
    missing: tuple[str, ...]
    confirmed: dict[str, int]
    agreed: Entry | None

    @property
    def state(self) -> str:
        """not_filed, waiting (for a side), differs or settled."""
        if self.agreed is not None:
            return "settled"
        if not self.forms:
            return "not_filed"
        return "differs" if self.differences else "waiting"

    @property
    def why_open(self) -> str:
        """One sentence on what is wanting; empty once it is settled."""
        return {
            "settled": "",
            "not_filed": f"{self.label}：未检查",
            "waiting": f"{self.label}：待{'、'.join(SIDES[s] for s in self.missing)}填报或确认",
            "differs": f"{self.label}：{'、'.join(d.field_zh for d in self.differences)}不一致",
        }[self.state]


def standings(
    one: Campaign, ground: Ground, entries: Sequence[Entry]
) -> tuple[Standing, ...]:  # fmt: skip
    """How every marker and stretch of a campaign stands, in the order of lines and chainage."""
    forms: dict[str, dict[str, Entry]] = {}
    confirms: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        if entry.kind in _COMPARED and entry.subject and entry.side:
            forms.setdefault(entry.subject, {})[entry.side] = entry
        elif entry.kind == "confirm" and entry.subject and entry.side:
            confirms.setdefault(entry.subject, {})[entry.side] = entry
    units = {side.unit_code: side.side for side in one.sides}
    made = []
    for line in ground.lines:
        sides = {units[code] for code in (line.left_code, line.right_code)}
        subjects = [
            ("segment", s.id, s.label) for s in ground.stretches if s.line_code == line.code
        ]
        on_line = [m for m in ground.markers if m.lines_here[:1] == (line.code,)]
        on_line.sort(key=lambda marker: marker.chainage_m[line.code])
        for kind, subject, label in [
            *(("marker", m.number, f"界桩 {m.number}") for m in on_line), *subjects
        ]:  # fmt: skip
            own = forms.get(subject, {})
            made.append(
                _standing(kind, subject, label, line.code, sides, own, confirms.get(subject, {}))
            )
    return tuple(made)


def _standing(
    kind: str, subject: str, label: str, line_code: str, sides: set[str],
    forms: dict[str, Entry], confirms: Mapping[str, Entry],
) -> Standing:  # fmt: skip
    newest = max((form.id for form in forms.values()), default=0)
    # A confirmation given before the last form came in says nothing about that form.
    valid = {s: c for s, c in confirms.items() if c.id > newest}
    confirmed = {side: int(entry.data["form"]) for side, entry in valid.items()}
    differences = _differences(kind, forms)
    agreed = _agreed(sides, forms, differences, confirmed)
    missing = tuple(sorted(side for side in sides if side not in forms and side not in confirmed))
    return Standing(
        kind, subject, label, line_code, forms, differences, missing, confirmed, agreed
    )  # fmt: skip


def _agreed(
    sides: set[str], forms: Mapping[str, Entry], differences: Sequence[Difference],
    confirmed: Mapping[str, int],
) -> Entry | None:  # fmt: skip
    chosen = {confirmed.get(side) for side in sides}
    if len(chosen) == 1 and None not in chosen:
        (number,) = chosen
        return next((form for form in forms.values() if form.id == number), None)
    if sides <= set(forms) and not differences:
        return max(forms.values(), key=_precision)
    if len(forms) == 1:
        (only,) = forms.values()
        if sides <= set(only.data.get("confirmed") or {}):
            return only
    return None


def _precision(form: Entry) -> tuple[bool, float, int]:
    """The form with the best stated position, then the latest one."""
    position = form.data["values"].get("position") or {}
    sigma = position.get("sigma_m")
    return bool(position), -(sigma if sigma is not None else 1e9), form.id


def _differences(kind: str, forms: Mapping[str, Entry]) -> tuple[Difference, ...]:
    if len(forms) < 2:
        return ()
    found = []
    for name in _COMPARED[kind]:
        said = {side: form.data["values"].get(name) for side, form in sorted(forms.items())}
        known = {value for value in said.values() if value is not None}
        if len(known) > 1:
            found.append(Difference(name, {s: _word(name, v) for s, v in said.items()}))
    if apart := _apart(forms):
        found.append(apart)
    return tuple(found)


def _apart(forms: Mapping[str, Entry]) -> Difference | None:
    """Positions farther apart than what both measurements explain."""
    told = {s: f.data["values"].get("position") for s, f in sorted(forms.items())}
    places = {s: p for s, p in told.items() if p}
    widest, limit = 0.0, read(InspectionSettings).same_place_m
    for p in places.values():
        for q in places.values():
            apart = float(CGCS2000.inv(p["lon"], p["lat"], q["lon"], q["lat"])[2])
            sigmas = [one.get("sigma_m") for one in (p, q)]
            both_known = all(sigma is not None for sigma in sigmas)
            explained = 2 * sum(s * s for s in sigmas) ** 0.5 if both_known else 0.0
            if apart > max(limit, explained):
                widest = max(widest, apart)
    if not widest:
        return None
    said = {s: f"{p['lon']:.6f}, {p['lat']:.6f}" for s, p in places.items()}
    first = next(iter(said))
    return Difference("position", said | {first: f"{said[first]}（相差 {widest:.1f} 米）"})


def _word(name: str, value: Any) -> str:
    if value is None:
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    return _WORDS[name].get(value, str(value))


def confirm(
    session: Session, one: Campaign, found: Sequence[Standing], subject: str, *, side: str,
    take: str, role: str, on: date, note: str = "",
) -> int:  # fmt: skip
    """Enter that a side agrees to what the form of the side `take` says. The caller commits.

    Raises BadInput for an unknown subject or side, and where `take` has filed no form.
    """
    standing = next((s for s in found if s.subject == subject.strip()), None)
    if standing is None:
        raise BadInput(
            both(f"联检中没有「{subject[:40]}」。", f"nothing called {subject[:40]!r} here"),
            parameter="subject",
        )
    letter, taken = one.side(side.upper()).side, one.side(take.upper()).side
    if taken not in standing.forms:
        raise BadInput(
            both(f"{SIDES[taken]}没有填报 {subject}。", f"side {taken} filed no form on it"),
            parameter="take",
        )
    data: dict[str, Any] = {"form": standing.forms[taken].id, "take": taken}
    if note:
        data["note"] = impersonal(note)
    return append(
        session, "confirm", campaign_id=one.id, line_code=standing.line_code,
        subject=standing.subject, side=letter, role=role, on=on, data=data,
    )  # fmt: skip
