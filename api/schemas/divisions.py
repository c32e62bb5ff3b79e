"""How do the answers about divisions, zones and sources look?"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from api.schemas.answers import Answer, Collection
from geo.queries.admin import Unit
from geo.queries.neighbours import Neighbour


class Units(Collection[Unit]):
    """Divisions in force on the day; one without an outline says why in `geometry_note`."""


class Neighbours(Answer):
    """The neighbours of a division on the day, longest shared border first."""

    code: str
    on: date
    neighbours: list[Neighbour]


class ZoneProperties(Answer):
    """A planning zone."""

    code: str
    name: str
    kind: str
    status: str | None
    parent_code: str | None
    due_on: date | None
    valid_from: date | None
    valid_until: date | None = Field(description="the first day on which it is no longer in force")
    source: str | None
    source_date: date | None
    is_synthetic: bool
    method: str | None


class Zones(Collection[ZoneProperties]):
    """Planning zones."""


class SourceAbout(Answer):
    """What the register of sources says of a file; None where it says nothing."""

    title: str | None = None
    title_zh: str | None = None
    origin: str | None = None
    original_source: str | None = None
    date: str | None = None
    note: str | None = None
    note_zh: str | None = None


class SourceEntry(Answer):
    """One loaded file that may be named in public."""

    kind: str
    file_name: str
    sha256: str
    size_bytes: int
    licence: str | None
    received_at: datetime
    crs_stated: str | None
    crs_used: str | None
    about: SourceAbout | None


class Sources(Answer):
    """Everything loaded that is public."""

    sources: list[SourceEntry]
