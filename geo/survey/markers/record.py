"""How does a measurement, a photograph or a change of a marker come on record?

Everything is added with its time and role, nothing is overwritten: a mistaken measurement is
corrected by one that names it, a state changes by an event and a new version of the marker. No
person is named: a role or office is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import DatumShift
from geo.loaders.journal import ONE_AT_A_TIME
from geo.models import BoundaryMarker, MarkerEvent, MarkerObservation, MarkerPhoto
from geo.models.marker import EVENT_KINDS, METHODS, STATES, VIEWS
from geo.survey.markers.given import (
    bad,
    number,
    office,
    only_known,
    present,
    remark,
    seen_objects,
    word,
)
from geo.survey.markers.positions import to_cgcs2000
from geo.survey.markers.register import marker
from geo.validity import today_in_china

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:key)")  # with deliveries, too
CHINA = ZoneInfo("Asia/Shanghai")
_MEASURED = (
    "measured_at", "method", "crs", "x", "y", "sigma_m", "height_m", "height_datum", "sigma_h_m",
    "epochs", "frame_epoch", "state", "reference_objects", "present", "note", "source",
    "replaces_id", "is_synthetic",
)  # fmt: skip


def record_observation(
    session: Session, marker_no: str, told: Mapping[str, Any], *, role: str,
    shift: DatumShift | None = None,
) -> int:  # fmt: skip
    """Put a measurement of a marker on record; answers its number. The caller commits.

    told: x north, y east in `crs`, `measured_at` with its offset from UTC, `method`, and what else
    `_MEASURED` lists. Coordinates on an old datum without `shift` stay without a place in CGCS2000.
    Raises BadInput that names the field at fault, NotFound for an unknown marker.
    """
    only_known(told, _MEASURED)
    at = told.get("measured_at")
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise bad(
            "measured_at", "测量时间须带时区，如 2026-05-01T09:30:00+08:00。", "with an offset"
        )
    if at > datetime.now(UTC) + timedelta(minutes=10):
        raise bad("measured_at", "测量时间在将来。", "it lies in the future")
    one = marker(session, marker_no, at.astimezone(CHINA).date())
    given = {name: number(name, told.get(name)) for name in ("x", "y")}
    if given["x"] is None or given["y"] is None:
        raise bad("x", "须有 x（北）和 y（东）。", "x (north) and y (east) are needed")
    place = to_cgcs2000(given["x"], given["y"], str(told.get("crs") or ""), shift=shift)
    row = MarkerObservation(
        number=one.number, measured_at=at, method=word("method", told.get("method"), METHODS),
        crs=place.crs, x=given["x"], y=given["y"], transformation=place.transformation,
        is_approximate=place.doubt is not None,
        geom=None if place.lon is None else f"SRID=4490;POINT({place.lon!r} {place.lat!r})",
        state=None if told.get("state") is None else word("state", told["state"], STATES),
        reference_objects=seen_objects(told.get("reference_objects")),
        present=present(told.get("present")), role=office("role", role),
        is_synthetic=bool(told.get("is_synthetic", False)),
        replaces_id=_replaced(session, one.number, told.get("replaces_id")),
        **{name: remark(name, told.get(name)) for name in ("height_datum", "note", "source")},
        **_numbers(told),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _numbers(told: Mapping[str, Any]) -> dict[str, float | int | None]:
    """The measured numbers within their ranges."""
    made: dict[str, float | int | None] = {}
    for name, least, most in (
        ("sigma_m", 0.0001, 10_000), ("sigma_h_m", 0.0001, 10_000), ("height_m", -500, 9000),
        ("epochs", 1, 10**7), ("frame_epoch", 1980, 2100),
    ):  # fmt: skip
        value = number(name, told.get(name))
        if value is not None and not least <= value <= most:
            raise bad(name, f"须在 {least:g} 与 {most:g} 之间。", f"{least:g} to {most:g}")
        made[name] = int(value) if name == "epochs" and value is not None else value
    return made


def _replaced(session: Session, marker_no: str, given: Any) -> int | None:
    """The measurement that is corrected: one of this marker that nothing has corrected yet."""
    asked = number("replaces_id", given)
    if asked is None:
        return None
    session.execute(_ONE_AT_A_TIME, {"key": ONE_AT_A_TIME})
    held = text(
        "SELECT o.number, EXISTS (SELECT FROM marker_observation n WHERE n.replaces_id = o.id)"
        " FROM marker_observation o WHERE o.id = :id"
    )
    row = session.execute(held, {"id": int(asked)}).first()
    if row is None or row[0] != marker_no or row[1]:
        raise bad("replaces_id", "没有可更正的该次测量。", "no such measurement to correct")
    return int(asked)


def record_event(
    session: Session, marker_no: str, *, kind: str, on: date, role: str, state: str | None = None,
    document_no: str | None = None, there: Sequence[Mapping[str, str]] | None = None,
    note: str | None = None, source: str | None = None, observation_id: int | None = None,
) -> int:  # fmt: skip
    """Put on record what was done to a marker or found of it; answers its number.

    Kind `state` also makes the version of the marker that has the state from that day on. The
    caller commits. Raises BadInput that names the field, NotFound for an unknown marker.
    """
    word("kind", kind, EVENT_KINDS)
    if on > today_in_china():
        raise bad("on", "日期在将来。", "it lies in the future")
    if (state is None) != (kind != "state"):
        raise bad(
            "state",
            "登记状态（state）须给出状态，其他种类不给。",
            "a state comes with kind state, and only so",
        )
    one = marker(session, marker_no, on)
    if state is not None:
        word("state", state, STATES)
        _new_state(session, one.number, on, state)
    row = MarkerEvent(
        number=one.number, kind=kind, on_date=on, state=state,
        state_before=one.state if state is not None else None,
        document_no=remark("document_no", document_no), present=present(there),
        note=remark("note", note), source=remark("source", source), role=office("role", role),
        observation_id=observation_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


_NEWER = text("SELECT 1 FROM boundary_marker WHERE number = :number AND lower(validity) > :on")
_SAME_DAY = text(
    "UPDATE boundary_marker SET state = :state"
    " WHERE number = :number AND validity @> CAST(:on AS date) AND lower(validity) = :on"
)


def _new_state(session: Session, marker_no: str, on: date, state: str) -> None:
    """End the version of the day and begin one with the new state; history is not rewritten."""
    session.execute(_ONE_AT_A_TIME, {"key": ONE_AT_A_TIME})
    asked = {"number": marker_no, "on": on, "state": state}
    if session.execute(_NEWER, asked).first() is not None:
        raise bad("on", "该日之后已有登记的版本，不改写历史。", "a later version is on record")
    if session.execute(_SAME_DAY, asked).rowcount:  # type: ignore[attr-defined]
        return
    kept = [
        column.name for column in BoundaryMarker.__table__.columns
        if column.name not in ("id", "row_version", "validity", "public_validity", "state")
    ]  # fmt: skip
    names = ", ".join(kept)
    session.execute(
        text(f"""
        WITH ended AS (
            UPDATE boundary_marker SET validity = daterange(lower(validity), :on)
            WHERE number = :number AND validity @> CAST(:on AS date)
            RETURNING {names}
        )
        INSERT INTO boundary_marker ({names}, state, validity)
        SELECT {names}, :state, daterange(:on, NULL) FROM ended"""),
        asked,
    )


def record_photo(
    session: Session, marker_no: str, *, path: str, sha256: str, view: str, role: str,
    bearing_deg: float | None = None, bearing_from: str | None = None,
    taken_at: datetime | None = None, observation_id: int | None = None, on: date | None = None,
) -> int:  # fmt: skip
    """Put a photograph on record; the file lies at `path` below the folder of photographs.

    Raises BadInput that names the field (a path that leaves the folder, a bearing without its
    north), NotFound for an unknown marker.
    """
    one = marker(session, marker_no, on or today_in_china())
    if re.search(r"(^|[\\/])\.\.([\\/]|$)|^[\\/]|^\w:|[\x00-\x1f]", path) or not path.strip():
        raise bad("path", "须为照片文件夹之内的相对路径。", "a path within the folder")
    if not re.fullmatch(r"[0-9a-f]{64}", sha256, re.ASCII):
        raise bad("sha256", "须为 64 位十六进制校验码。", "64 hexadecimal digits")
    bearing = number("bearing_deg", bearing_deg)
    if bearing is not None and not 0 <= bearing < 360:
        raise bad("bearing_deg", "方位须在 0 与 360 之间。", "0 to below 360")
    if (bearing is None) != (bearing_from is None):
        raise bad("bearing_from", "方位须注明真北、坐标北或磁北。", "true, grid or magnetic")
    if bearing_from is not None:
        word("bearing_from", bearing_from, ("true", "grid", "magnetic"))
    if taken_at is not None and taken_at.tzinfo is None:
        raise bad("taken_at", "拍摄时间须带时区。", "with an offset from UTC")
    row = MarkerPhoto(
        number=one.number, path=path, sha256=sha256, view=word("view", view, VIEWS),
        bearing_deg=bearing, bearing_from=bearing_from, taken_at=taken_at,
        role=office("role", role), observation_id=observation_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id
