"""Which boundary lines were inspected jointly, by whom, and what did each side write down?

An inspection is a campaign and its log. The log only grows: whatever is undone is undone by a new
entry that names the old one, signed by time and role. Nothing here is public or names a person.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import STORED_SRID, Base

REASONS = ("five_year", "reported_change", "other")
ENTRY_KINDS = (
    "change_reported", "desk", "marker", "segment", "track", "confirm", "step", "undo",
)  # fmt: skip


class Signed:
    """A row that is added and never changed, with who entered it and when."""

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(), primary_key=True, sort_order=-10, doc="order of entry"
    )
    role: Mapped[str] = mapped_column(
        Text, sort_order=90, doc="who enters it: an office or role, not a person"
    )
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), sort_order=91, doc="when it was entered"
    )


class InspectionCampaign(Signed, Base):
    """A joint inspection (联检): its lines, its sides and its days."""

    __tablename__ = "inspection_campaign"
    __table_args__ = (
        CheckConstraint(f"reason IN {REASONS}", name="reason"),
        CheckConstraint("cardinality(line_codes) >= 1", name="has_lines"),
        CheckConstraint("until_on >= opened_on", name="days"),
        UniqueConstraint("code"),
        Index("ix_inspection_campaign_line_codes", "line_codes", postgresql_using="gin"),
    )

    code: Mapped[str] = mapped_column(Text, doc="number of the campaign, e.g. LJ2026-001")
    title: Mapped[str] = mapped_column(Text, doc="what the papers call it")
    reason: Mapped[str] = mapped_column(Text, doc=" ".join(REASONS))
    line_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="lines to inspect")
    sides: Mapped[list[Any]] = mapped_column(
        JSONB, doc="sides: side (A, B, C), unit_code, unit_name, office; no persons"
    )
    lead_side: Mapped[str | None] = mapped_column(Text, doc="side that leads; NULL: not stated")
    opened_on: Mapped[date] = mapped_column(doc="first day")
    until_on: Mapped[date | None] = mapped_column(doc="last planned day")
    is_synthetic: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), doc="made up for demonstration"
    )


class InspectionImport(Signed, Base):
    """A file that came back from the field; the same file a second time changes nothing."""

    __tablename__ = "inspection_import"
    __table_args__ = (UniqueConstraint("campaign_id", "sha256"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("inspection_campaign.id"))
    file_name: Mapped[str] = mapped_column(Text, doc="name of the file, without persons")
    sha256: Mapped[str] = mapped_column(Text, doc="checksum of the file, hexadecimal")
    kind: Mapped[str] = mapped_column(Text, doc="track, workbook, phone or bundle")


class InspectionEntry(Signed, Base):
    """One entry of the log: a form, a track, a confirmation, a step, or the undoing of one."""

    __tablename__ = "inspection_entry"
    __table_args__ = (
        CheckConstraint(f"kind IN {ENTRY_KINDS}", name="kind"),
        CheckConstraint("side IN ('A', 'B', 'C')", name="side"),
        CheckConstraint("(kind = 'undo') = (undoes_id IS NOT NULL)", name="undo"),
        CheckConstraint(
            "kind IN ('change_reported', 'undo') OR campaign_id IS NOT NULL", name="campaign"
        ),
        UniqueConstraint("undoes_id"),
        UniqueConstraint("campaign_id", "content_key"),
        Index("ix_inspection_entry_line_code_kind", "line_code", "kind"),
        Index("ix_inspection_entry_import_id", "import_id"),
        Index("ix_inspection_entry_geom", "geom", postgresql_using="gist"),
    )

    campaign_id: Mapped[int | None] = mapped_column(
        ForeignKey("inspection_campaign.id"), doc="NULL: a change reported outside of campaigns"
    )
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(ENTRY_KINDS))
    line_code: Mapped[str | None] = mapped_column(Text, doc="boundary line; NULL: a track")
    subject: Mapped[str | None] = mapped_column(
        Text, doc="number of the marker, or line#number of the stretch"
    )
    side: Mapped[str | None] = mapped_column(Text, doc="A 甲方, B 乙方, C 丙方")
    on_date: Mapped[date] = mapped_column(doc="day that it is about")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="what was written, checked")
    geom: Mapped[Any] = mapped_column(
        Geometry("GEOMETRY", srid=STORED_SRID, spatial_index=False),
        nullable=True,
        doc="a track's lines, or a marker's measured place (EPSG:4490)",
    )
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("inspection_entry.id"), doc="the entry that this one undoes"
    )
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("inspection_import.id"), doc="file that brought it"
    )
    content_key: Mapped[str | None] = mapped_column(
        Text, doc="checksum of the content: the same content comes in once"
    )


class InspectionRefusal(Base):
    """A row of a file from the field that was refused, with the reason."""

    __tablename__ = "inspection_refusal"
    __table_args__ = (Index("ix_inspection_refusal_import_id", "import_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, doc="order of entry")
    import_id: Mapped[int] = mapped_column(ForeignKey("inspection_import.id"))
    place: Mapped[str] = mapped_column(Text, doc="where in the file")
    reason: Mapped[str] = mapped_column(Text, doc="why, Chinese first")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="the row, without what is personal")
