"""What has to be mended after an inspection, where, and by which side?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geo.survey.inspections.both_sides import Standing
from geo.survey.inspections.ground import Ground
from geo.survey.inspections.log import Entry
from geo.survey.inspections.words import FAULTS, FEATURES, SIDES

SUBJECT_TYPE = "boundary_inspection"
"""By which work items of faults are known."""
_BY_STATE = {
    "lost": "lost", "damaged": "damaged", "moved": "moved", "leaning": "leaning",
    "buried": "buried", "unknown": "not_found",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend. agreed: both sides say so; else told: the sides that do.

    admin_code: the side on whose register it stands, the left unit of a stretch.
    """

    code: str
    kind: str
    subject: str
    label: str
    line_code: str
    admin_code: str
    lon: float | None
    lat: float | None
    detail: str
    told: tuple[str, ...]
    agreed: bool

    @property
    def title(self) -> str:
        """What was found, in a few words."""
        return f"{self.label}{FAULTS[self.kind]}" + (f"：{self.detail}" if self.detail else "")

    @property
    def told_zh(self) -> str:
        """Who says so."""
        if self.agreed:
            return "各方一致"
        return "、".join(SIDES[side] for side in self.told)


def faults_of(ground: Ground, found: Iterable[Standing]) -> tuple[Fault, ...]:
    """The faults of a campaign: of the agreed form, or of each side's where none is agreed."""
    made = []
    for standing in found:
        forms = [standing.agreed] if standing.agreed else list(standing.forms.values())
        told: dict[str, list[Entry]] = {}
        for form in forms:
            for kind in _kinds(form):
                told.setdefault(kind, []).append(form)
        made += [_fault(ground, standing, kind, by) for kind, by in told.items()]
    return tuple(made)


def _kinds(form: Entry) -> Iterator[str]:
    values = form.data["values"]
    if kind := _BY_STATE.get(values.get("state", "")):
        yield kind
    if values.get("legible") is False:
        yield "letters"
    if values.get("references_seen") is False:
        yield "reference_objects"
    if values.get("danger"):
        yield "danger"
    if values.get("one_sided_marks"):
        yield "one_sided_marks"
    if values.get("cross_border_building"):
        yield "cross_border_building"
    if values.get("feature_changed", "none") != "none":
        yield "feature_changed"
    if values.get("visible") == "unclear":
        yield "unclear_line"


def _fault(ground: Ground, standing: Standing, kind: str, by: Sequence[Entry]) -> Fault:
    line = ground.line(standing.line_code)
    admin, label = line.left_code, f"{line.label} {standing.label}段"
    lon: float | None
    lat: float | None
    if standing.kind == "marker":
        marker = next(one for one in ground.markers if one.number == standing.subject)
        places = marker.about.get("place_codes") or [line.left_code]
        admin, label, lon, lat = places[0], standing.label, marker.lon, marker.lat
    else:
        part = next(one for one in ground.stretches if one.id == standing.subject)
        lon, lat = line.ruler.at((part.from_m + part.to_m) / 2)
    values = by[-1].data["values"]
    detail = {"danger": str(values.get("danger", "")),
              "feature_changed": FEATURES.get(values.get("feature_changed", ""), "")}  # fmt: skip
    return Fault(
        f"{standing.subject}/{kind}", kind, standing.subject, label, standing.line_code, admin,
        lon, lat, detail.get(kind, ""), tuple(sorted({form.side or "" for form in by})),
        standing.agreed is not None,
    )  # fmt: skip
