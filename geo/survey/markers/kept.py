"""What was measured at a marker, photographed and done to it? Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from geo.queries.admin import Reader
from geo.survey.markers.positions import WITHOUT_PARAMETERS, Position
from geo.survey.markers.references import ReferenceObject, read_objects
from geo.survey.markers.register import Marker, marker, versions_of

METHODS_ZH = {
    "gnss_static": "GNSS 静态", "gnss_rtk": "GNSS RTK", "gnss_ppp": "GNSS PPP",
    "total_station": "全站仪", "traverse": "导线", "handheld": "手持", "map": "图上量取",
    "other": "其他",
}  # fmt: skip
EVENTS_ZH = {
    "set_up": "设立", "state": "状态", "moved": "移设", "repaired": "修复", "repainted": "描红",
    "reference_objects": "方位物变更", "renumbered": "改号", "scrapped": "废止", "note": "备注",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Observation:
    """A measurement in the field; present: side, role and office of each who was there."""

    id: int
    number: str
    measured_at: datetime
    method: str
    position: Position
    sigma_h_m: float | None
    epochs: int | None
    state: str | None
    objects: tuple[ReferenceObject, ...]
    present: tuple[Mapping[str, str], ...]
    note: str | None
    replaces_id: int | None
    role: str
    source: str | None
    is_synthetic: bool
    recorded_at: datetime


_OBSERVATIONS = text("""
SELECT o.*, ST_X(o.geom) AS lon, ST_Y(o.geom) AS lat FROM marker_observation o
WHERE o.number = ANY(CAST(:numbers AS text[]))
    AND o.measured_at < (CAST(:on AS date) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND NOT EXISTS (SELECT FROM marker_observation n WHERE n.replaces_id = o.id)
ORDER BY o.measured_at, o.id""")


def observations(session: Reader, numbers: Sequence[str], on: date) -> dict[str, list[Observation]]:
    """Measurements of markers until the end of a day (China), oldest first; corrected ones out."""
    found: dict[str, list[Observation]] = {}
    for row in session.execute(_OBSERVATIONS, {"numbers": list(numbers), "on": on}):
        one = _observation(row._mapping)
        found.setdefault(one.number, []).append(one)
    return found


def _observation(row: Mapping[Any, Any]) -> Observation:
    doubt = WITHOUT_PARAMETERS if row["is_approximate"] or row["lon"] is None else None
    place = Position(
        row["crs"], row["x"], row["y"], row["lon"], row["lat"], row["sigma_m"], row["height_m"],
        row["height_datum"], row["frame_epoch"], row["transformation"], doubt,
    )  # fmt: skip
    same = {name: row[name] for name in Observation.__slots__ if name in row}
    same["present"] = tuple(row["present"] or ())
    return Observation(**same, position=place, objects=read_objects(row["reference_objects"]))


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: file, view, and the direction of the view with the north it counts from."""

    id: int
    number: str
    observation_id: int | None
    path: str
    sha256: str
    view: str
    bearing_deg: float | None
    bearing_from: str | None
    taken_at: datetime | None
    role: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """Something done to a marker or found of it."""

    id: int
    number: str
    kind: str
    on_date: date
    state: str | None
    state_before: str | None
    document_no: str | None
    present: tuple[Mapping[str, str], ...]
    note: str | None
    observation_id: int | None
    role: str
    source: str | None
    is_synthetic: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class MarkerRecord:
    """All that is on record of a marker; observations, photos, events and versions oldest first."""

    marker: Marker
    observations: tuple[Observation, ...]
    photos: tuple[Photo, ...]
    events: tuple[Happening, ...]
    versions: tuple[Marker, ...]


_PHOTOS = text(
    "SELECT * FROM marker_photo WHERE number = :number ORDER BY taken_at NULLS FIRST, id"
)
_EVENTS = text("SELECT * FROM marker_event WHERE number = :number ORDER BY on_date, id")


def marker_record(session: Reader, number: str, on: date) -> MarkerRecord:
    """A marker on a day with everything that was kept of it. Raises NotFound."""
    found = marker(session, number, on)
    asked = {"number": found.number}
    return MarkerRecord(
        found,
        tuple(observations(session, [found.number], on).get(found.number, ())),
        tuple(Photo(**_of(Photo, row)) for row in session.execute(_PHOTOS, asked)),
        tuple(Happening(**_of(Happening, row)) for row in session.execute(_EVENTS, asked)),
        tuple(versions_of(session, found.number)),
    )


def _of(kind: type[Any], row: Any) -> dict[str, Any]:
    values = {name: row._mapping[name] for name in kind.__slots__}
    if "present" in values:
        values["present"] = tuple(values["present"] or ())
    return values
