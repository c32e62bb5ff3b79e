"""Which changes of divisions are only planned? Kept apart from everything that is in force.

No view shows these tables, and no question about divisions, tiles, search or exports reads them.
They are for a named role, and off unless the setting ATLAS_PLANNED_CHANGES is on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, geometry, spatial_indexes


class PlannedChange(Keyed, Base):
    """A change of divisions that somebody considers; nothing of it is in force."""

    __tablename__ = "planned_change"
    __table_args__ = (UniqueConstraint("within_code", "title"),)

    title: Mapped[str] = mapped_column(Text, doc="short title of the plan")
    within_code: Mapped[str] = mapped_column(Text, doc="division that it happens in, 12 digits")
    level: Mapped[int] = mapped_column(
        SmallInteger, doc="level of the divisions that change: 3 county, 4 township, 5 village"
    )
    law_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="kinds of change of the law")
    on_date: Mapped[date] = mapped_column(doc="the day whose divisions it begins with")
    owner_role: Mapped[str] = mapped_column(Text, doc="a role, not a person")
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), doc="when it was kept")


class PlannedUnit(Keyed, Base):
    """A division as a planned change would leave it."""

    __tablename__ = "planned_unit"
    __table_args__ = (
        CheckConstraint("geom IS NOT NULL OR cardinality(made_of) > 0", name="ground"),
        UniqueConstraint("planned_id", "position"),
        Index("ix_planned_unit_planned_id", "planned_id"),
        *spatial_indexes("planned_unit"),
    )

    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_change.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger, doc="order within the plan, from 1")
    name: Mapped[str] = mapped_column(Text, doc="name that is proposed")
    made_of: Mapped[list[str]] = mapped_column(
        ARRAY(Text), doc="codes of the divisions of today that it takes whole, 12 digits"
    )
    geom: Mapped[Any] = geometry(
        "MULTIPOLYGON", doc="territory as sketched; NULL where it follows from `made_of`"
    )
