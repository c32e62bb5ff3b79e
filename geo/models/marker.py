"""What was measured at a boundary marker, photographed and done to it, when, and by which role?

Rows are told the marker by its number, which lasts through its versions. Nothing here is public,
and nothing names a person: who was present stands as side, role and office.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import STORED_SRID, Base

METHODS = (
    "gnss_static", "gnss_rtk", "gnss_ppp", "total_station", "traverse", "handheld", "map", "other",
)  # fmt: skip
EVENT_KINDS = (
    "set_up", "state", "moved", "repaired", "repainted", "reference_objects", "renumbered",
    "scrapped", "note",
)  # fmt: skip
VIEWS = ("near", "far", "north", "east", "south", "west", "other")
STATES = ("intact", "leaning", "damaged", "lost", "moved", "buried", "unknown")


class Kept:
    """A row that is added and never changed or taken away: a mistake is corrected by a new one."""

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(), primary_key=True, sort_order=-10, doc="order of entry"
    )
    number: Mapped[str] = mapped_column(Text, sort_order=-9, doc="full number of the marker")
    role: Mapped[str] = mapped_column(
        Text, sort_order=80, doc="who enters it: an office or role, not a person"
    )
    source: Mapped[str | None] = mapped_column(
        Text, sort_order=81, doc="form, campaign or document that it comes from"
    )
    is_synthetic: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), sort_order=82, doc="made up for demonstration"
    )
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), sort_order=83, doc="when it was entered"
    )


class MarkerObservation(Kept, Base):
    """One measurement of a marker's position in the field."""

    __tablename__ = "marker_observation"
    __table_args__ = (
        CheckConstraint(f"method IN {METHODS}", name="method"),
        CheckConstraint("sigma_m > 0 AND sigma_h_m > 0", name="sigma"),
        CheckConstraint("epochs > 0", name="epochs"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("geom IS NOT NULL OR is_approximate", name="place"),
        Index("ix_marker_observation_number_measured_at", "number", "measured_at"),
        UniqueConstraint("replaces_id"),
    )

    measured_at: Mapped[datetime] = mapped_column(doc="time of the measurement")
    method: Mapped[str] = mapped_column(Text, doc=" ".join(METHODS))
    crs: Mapped[str] = mapped_column(Text, doc="CRS of x and y")
    x: Mapped[float] = mapped_column(Double, doc="north, or latitude, as measured")
    y: Mapped[float] = mapped_column(Double, doc="east, or longitude, as measured")
    sigma_m: Mapped[float | None] = mapped_column(Double, doc="point error in the plane, m (1 σ)")
    height_m: Mapped[float | None] = mapped_column(Double, doc="height as measured")
    height_datum: Mapped[str | None] = mapped_column(Text, doc="e.g. 1985 国家高程基准")
    sigma_h_m: Mapped[float | None] = mapped_column(Double, doc="error of the height, m (1 σ)")
    epochs: Mapped[int | None] = mapped_column(doc="历元数: how many observations were averaged")
    frame_epoch: Mapped[float | None] = mapped_column(
        Double, doc="epoch of the frame as a decimal year; 2000.0 for CGCS2000 from a CORS"
    )
    transformation: Mapped[str | None] = mapped_column(
        Text, doc="how x and y became CGCS2000; NULL where they are"
    )
    is_approximate: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), doc="parameters are lacking: no place in CGCS2000"
    )
    geom: Mapped[Any] = mapped_column(
        Geometry("POINT", srid=STORED_SRID, spatial_index=False),
        nullable=True,
        doc="place in EPSG:4490; NULL where it cannot be told truthfully",
    )
    state: Mapped[str | None] = mapped_column(Text, doc="state as found: " + " ".join(STATES))
    reference_objects: Mapped[list[Any] | None] = mapped_column(
        JSONB, doc="方位物 as measured from the marker: order, azimuth_deg (grid), distance_m"
    )
    present: Mapped[list[Any] | None] = mapped_column(
        JSONB, doc="who was present: side (A, B, C), role, office; no persons"
    )
    note: Mapped[str | None] = mapped_column(Text, doc="remarks without persons")
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("marker_observation.id"), doc="the mistaken measurement that this one corrects"
    )


class MarkerPhoto(Kept, Base):
    """A photograph of a marker, with the direction in which it was taken."""

    __tablename__ = "marker_photo"
    __table_args__ = (
        CheckConstraint(f"view IN {VIEWS}", name="view"),
        CheckConstraint("bearing_deg >= 0 AND bearing_deg < 360", name="bearing_deg"),
        CheckConstraint("bearing_from IN ('true', 'grid', 'magnetic')", name="bearing_from"),
        UniqueConstraint("number", "sha256"),
        Index("ix_marker_photo_observation_id", "observation_id"),
    )

    observation_id: Mapped[int | None] = mapped_column(ForeignKey("marker_observation.id"))
    path: Mapped[str] = mapped_column(Text, doc="file, relative to the folder of photographs")
    sha256: Mapped[str] = mapped_column(Text, doc="checksum of the file, hexadecimal")
    view: Mapped[str] = mapped_column(Text, doc=" ".join(VIEWS))
    bearing_deg: Mapped[float | None] = mapped_column(Double, doc="direction of the view, degrees")
    bearing_from: Mapped[str | None] = mapped_column(
        Text, doc="which north the bearing counts from: true, grid or magnetic"
    )
    taken_at: Mapped[datetime | None] = mapped_column(doc="when it was taken")


class MarkerEvent(Kept, Base):
    """Something that was done to a marker or found of it (变更历史)."""

    __tablename__ = "marker_event"
    __table_args__ = (
        CheckConstraint(f"kind IN {EVENT_KINDS}", name="kind"),
        CheckConstraint(
            f"kind <> 'state' OR (state IS NOT NULL AND state IN {STATES})", name="state"
        ),
        Index("ix_marker_event_number_on_date", "number", "on_date"),
        Index("ix_marker_event_observation_id", "observation_id"),
    )

    kind: Mapped[str] = mapped_column(Text, doc=" ".join(EVENT_KINDS))
    on_date: Mapped[date] = mapped_column(doc="day on which it happened")
    state: Mapped[str | None] = mapped_column(Text, doc="kind state: the state from then on")
    state_before: Mapped[str | None] = mapped_column(Text, doc="kind state: the state until then")
    document_no: Mapped[str | None] = mapped_column(Text)
    present: Mapped[list[Any] | None] = mapped_column(
        JSONB, doc="who was present: side (A, B, C), role, office; no persons"
    )
    note: Mapped[str | None] = mapped_column(Text, doc="remarks without persons")
    observation_id: Mapped[int | None] = mapped_column(
        ForeignKey("marker_observation.id"), doc="the measurement that it rests on"
    )
