"""What may be sent to put a measurement or a change of a marker on record?"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.parameters import Text


class Sent(BaseModel):
    """A body holds what it says here and nothing else."""

    model_config = ConfigDict(extra="forbid")


class PresentSent(Sent):
    """Somebody who was there, by side, role and office; no person."""

    side: str = Field(description="A, B or C")
    role: Text
    office: Text


class ObjectSent(Sent):
    """A reference object as seen from the marker."""

    order: int | None = Field(None, ge=1, le=20)
    name: Text | None = None
    azimuth_deg: float | None = Field(None, description="grid azimuth, degrees")
    distance_m: float | None = None


class ObservationSent(Sent):
    """A measurement: x is north, y east, in `crs`."""

    measured_at: datetime
    method: Text
    crs: Text
    x: float
    y: float
    role: Text = Field(description="office or role that enters it, not a person")
    sigma_m: float | None = None
    height_m: float | None = None
    height_datum: Text | None = None
    sigma_h_m: float | None = None
    epochs: int | None = None
    frame_epoch: float | None = None
    state: Text | None = None
    reference_objects: list[ObjectSent] | None = Field(None, max_length=20)
    present: list[PresentSent] | None = Field(None, max_length=50)
    note: Text | None = None
    source: Text | None = None
    replaces_id: int | None = Field(None, ge=1, le=2**62)


class EventSent(Sent):
    """A state or a change of a marker."""

    kind: Text
    on: date
    role: Text = Field(description="office or role that enters it, not a person")
    state: Text | None = None
    document_no: Text | None = None
    present: list[PresentSent] | None = Field(None, max_length=50)
    note: Text | None = None
    source: Text | None = None
