"""Which divisions exist, since when, under whom, and what became of them?"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, Versioned, geometry, spatial_indexes, versions_by

LEVELS = {1: "province", 2: "city", 3: "county", 4: "township", 5: "village"}


class AdminUnit(Keyed, Versioned, Sourced, Base):
    """One stable state of a division; a new name, type, parent or shape begins another row."""

    __tablename__ = "admin_unit"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{12}$'", name="code"),
        CheckConstraint("parent_code ~ '^[0-9]{12}$'", name="parent_code"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("geom IS NOT NULL OR geometry_note IS NOT NULL", name="geometry_or_reason"),
        *versions_by("admin_unit", "code"),
        Index("ix_admin_unit_parent_code", "parent_code"),
        Index("ix_admin_unit_level", "level"),
        *spatial_indexes("admin_unit"),
    )

    code: Mapped[str] = mapped_column(Text, doc="12 digits: GB/T 2260 + township 3 + village 3")
    name: Mapped[str] = mapped_column(Text, doc="full standard name")
    short_name: Mapped[str | None] = mapped_column(Text, doc="name without its generic part")
    level: Mapped[int] = mapped_column(
        SmallInteger, doc="1 province, 2 city, 3 county, 4 township, 5 village"
    )
    unit_type: Mapped[str | None] = mapped_column(Text, doc="省 市 区 县 街道 镇 乡 …")
    parent_code: Mapped[str | None] = mapped_column(
        Text, doc="superior unit in this version; a code's prefix is no proof of it"
    )
    geom: Mapped[Any] = geometry("MULTIPOLYGON", doc="territory; NULL where not openly known")
    geometry_note: Mapped[str | None] = mapped_column(
        Text, doc="why there is no geometry, or how good it is"
    )
    note: Mapped[str | None] = mapped_column(Text, doc="disagreement of sources, remarks")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class SuccessionEvent(Keyed, Sourced, Base):
    """A change of divisions: what happened, when, by which document."""

    __tablename__ = "succession_event"

    kind: Mapped[str] = mapped_column(
        Text, doc="设立 撤销 更名 改码 隶属变更 界线变更 驻地迁移 撤县设区 …"
    )
    event_year: Mapped[int] = mapped_column(SmallInteger, doc="year in which it took effect")
    decided_on: Mapped[date | None] = mapped_column(doc="date of the decision; NULL = unknown")
    effective_on: Mapped[date | None] = mapped_column(doc="date of effect; NULL = unknown")
    document_no: Mapped[str | None] = mapped_column(Text, doc="number of the approving document")
    note: Mapped[str | None] = mapped_column(Text)
    law_kinds: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), doc="kinds of change of the law; NULL = as the words in `kind` say"
    )
    approver: Mapped[str | None] = mapped_column(Text, doc="who approved it")
    announced_on: Mapped[date | None] = mapped_column(doc="date of the public notice")
    recoded_on: Mapped[date | None] = mapped_column(doc="date on which the new codes were given")
    finished_on: Mapped[date | None] = mapped_column(doc="date on which it was carried out")


class SuccessionMember(Keyed, Base):
    """A division on one side of a change."""

    __tablename__ = "succession_member"
    __table_args__ = (
        CheckConstraint("side IN ('predecessor', 'successor')", name="side"),
        Index("ix_succession_member_code", "code"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("succession_event.id", ondelete="CASCADE"), index=True
    )
    side: Mapped[str] = mapped_column(Text, doc="predecessor or successor")
    code: Mapped[str] = mapped_column(Text, doc="12-digit code at that time")
    name: Mapped[str] = mapped_column(Text, doc="name at that time")
    parent_code: Mapped[str | None] = mapped_column(Text, doc="superior unit at that time")


class SuccessionShare(Keyed, Sourced, Base):
    """How much of a predecessor came to a successor, where a source says so."""

    __tablename__ = "succession_share"
    __table_args__ = (
        CheckConstraint("area_share BETWEEN 0 AND 1", name="area_share"),
        CheckConstraint("people_share BETWEEN 0 AND 1", name="people_share"),
        CheckConstraint("num_nonnulls(area_share, people_share) > 0", name="says_something"),
        UniqueConstraint("event_id", "from_code", "to_code"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("succession_event.id", ondelete="CASCADE"), index=True
    )
    from_code: Mapped[str] = mapped_column(Text, doc="predecessor, 12 digits")
    to_code: Mapped[str] = mapped_column(Text, doc="successor, 12 digits")
    area_share: Mapped[float | None] = mapped_column(Double, doc="share of its area, 0 to 1")
    people_share: Mapped[float | None] = mapped_column(Double, doc="share of its people, 0 to 1")
