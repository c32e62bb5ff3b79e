"""How do questions and answers about boundary markers and their deviations look?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.parameters import Text
from geo.survey.deviations.compare import METHOD
from geo.survey.deviations.line_check import LineCheck
from geo.survey.deviations.of_line import OnLine, Standing
from geo.survey.markers.kept import MarkerRecord
from geo.survey.markers.numbers import ReadNumber
from geo.survey.markers.register import PublicMarker
from geo.survey.markers.sequence import KINDS_ZH

INTERNAL = "内部资料：界桩坐标不得公开 · internal: coordinates of markers are never public"
LineAsked = Annotated[
    Text | None, Query(description="界线代码 · code of a line", examples=["3741"])
]
LineNeeded = Annotated[Text, Query(description="界线代码 · code of a line", examples=["3741"])]
NumberAsked = Annotated[
    Text, Query(description="界桩编号 · number of a marker", examples=["3741001Q"])
]
NumberInPath = Annotated[Text, Path(description="界桩编号 · number of a marker")]


class PublicMarkerTold(Answer):
    """What the public is told of a marker; never where it stands."""

    number: str
    line_codes: list[str]
    level: int | None
    state: str
    is_synthetic: bool
    source: str | None
    source_date: date | None


class MarkerList(Answer):
    """Published markers by number."""

    on: date
    numberReturned: int
    has_synthetic: bool
    markers: list[PublicMarkerTold]


class NumberPartsTold(Answer):
    """The parts of a number by one rule."""

    text: str
    line: str
    serial: int
    letter: str
    stands: int = Field(description="1 single, 2 of two, 3 of three of a number")
    rule: str
    rule_status: str


class NumberAnswer(Answer):
    """A number as it was read; number is null where it was not, problems say why."""

    text: str
    number: NumberPartsTold | None
    problems: list[str]
    doubts: list[str]


class RecordAnswer(Answer):
    """All that is on record of a marker, for surveyors."""

    warning: str
    marker: dict[str, Any] = Field(description="the register, archived place and 方位物")
    observations: list[dict[str, Any]]
    photos: list[dict[str, Any]]
    events: list[dict[str, Any]]
    versions: int


class Kept(Answer):
    """A row that was added to the record."""

    id: int
    number: str


class FootTold(Answer):
    """Where a marker stands along a line (量算值): offset is positive on its left."""

    chainage_m: float
    distance_m: float
    offset_m: float


class OnLineTold(Answer):
    """A marker's place along one of its lines."""

    line_code: str
    basis: str
    archived: FootTold | None
    measured: FootTold | None


class DeviationTold(Answer):
    """Measured minus archived in metres; null is unknown."""

    number: str
    state: str
    measured_at: datetime | None
    verdict: str = Field(description="within, check, over or none")
    verdict_zh: str
    reasons: list[str]
    d_north_m: float | None
    d_east_m: float | None
    d_height_m: float | None
    distance_m: float | None
    azimuth_deg: float | None = Field(description="grid azimuth of the shift")
    meridian_deg: int | None
    sigma_m: float | None
    frame_m: float
    tolerance_m: float | None
    tolerance_words: str | None
    tolerance_status: str | None
    on_lines: list[OnLineTold]
    references: list[dict[str, Any]] = Field(description="方位物 as computed, against the record")
    seen: list[dict[str, Any]] = Field(description="方位物 as measured, against the record")
    is_synthetic: bool


class DeviationList(Answer):
    """Deviations of markers, by number; for surveyors."""

    on: date
    numberReturned: int
    has_synthetic: bool
    method: str
    warning: str
    deviations: list[DeviationTold]


class FindingTold(Answer):
    """Something that does not fit in a register."""

    kind: str
    kind_zh: str
    words: str
    numbers: list[str]


class CheckAnswer(Answer):
    """What does not fit in a line's register; to be confirmed by a person."""

    line_code: str
    basis: str | None
    markers: int
    placed: int
    unplaced: list[str]
    rules: list[str]
    findings: list[FindingTold]


def markers_told(rows: list[PublicMarker], on: date) -> dict[str, Any]:
    """The body of a public list."""
    return {
        "on": on, "numberReturned": len(rows), "has_synthetic": any(r.is_synthetic for r in rows),
        "markers": [asdict(row) for row in rows],
    }  # fmt: skip


def number_told(found: ReadNumber) -> dict[str, Any]:
    """The body for a number that was read, or not."""
    return asdict(found)


def record_told(found: MarkerRecord) -> dict[str, Any]:
    """The body of a whole record."""
    return {
        "warning": INTERNAL, "marker": asdict(found.marker),
        "observations": [asdict(one) for one in found.observations],
        "photos": [asdict(one) for one in found.photos],
        "events": [asdict(one) for one in found.events], "versions": len(found.versions),
    }  # fmt: skip


def deviations_told(rows: list[Standing], on: date) -> dict[str, Any]:
    """The body of a list of deviations."""
    return {
        "on": on, "numberReturned": len(rows), "method": METHOD, "warning": INTERNAL,
        "has_synthetic": any(one.marker.is_synthetic for one in rows),
        "deviations": [_deviation(one) for one in rows],
    }  # fmt: skip


def _deviation(one: Standing) -> dict[str, Any]:
    off = one.deviation
    same = (
        "verdict", "verdict_zh", "reasons", "d_north_m", "d_east_m", "d_height_m", "distance_m",
        "azimuth_deg", "meridian_deg", "sigma_m", "frame_m",
    )  # fmt: skip
    limit = off.tolerance
    return {
        **{name: getattr(off, name) for name in same},
        "number": one.marker.number, "state": one.marker.state,
        "measured_at": one.observation.measured_at if one.observation else None,
        "tolerance_m": limit.metres if limit else None,
        "tolerance_words": limit.words if limit else None,
        "tolerance_status": limit.status if limit else None,
        "on_lines": [_on_line(on) for on in one.on_lines],
        "references": [asdict(each) for each in one.references],
        "seen": [asdict(each) for each in one.seen],
        "is_synthetic": one.marker.is_synthetic,
    }  # fmt: skip


def _on_line(on: OnLine) -> dict[str, Any]:
    feet = {
        kind: None if foot is None else {
            "chainage_m": foot.chainage_m, "distance_m": foot.distance_m, "offset_m": foot.offset_m
        }
        for kind, foot in (("archived", on.archived), ("measured", on.measured))
    }  # fmt: skip
    return {"line_code": on.line.code, "basis": on.line.basis, **feet}


def check_told(found: LineCheck) -> dict[str, Any]:
    """The body of a checked register."""
    return {
        "line_code": found.line_code, "basis": found.line.basis if found.line else None,
        "markers": found.markers, "placed": found.placed, "unplaced": found.unplaced,
        "rules": [rule.title for rule in found.rules],
        "findings": [asdict(one) | {"kind_zh": KINDS_ZH[one.kind]} for one in found.findings],
    }  # fmt: skip
