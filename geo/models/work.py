"""What has to be done about what was found, who does it by when, and which figures were stated?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, geometry, spatial_indexes

WORK_STEPS = ("found", "assigned", "due", "done", "returned", "verified")


class WorkItem(Keyed, Sourced, Base):
    """Something found that someone has to mend; how far it is stands in its events alone."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_kind", "kind"),
        Index("ix_work_item_admin_code", "admin_code"),
        Index("ix_work_item_subject_type_subject_code", "subject_type", "subject_code"),
        *spatial_indexes("work_item"),
    )

    kind: Mapped[str] = mapped_column(Text, doc="code of geo.access.work_items.KINDS")
    hazard_code: Mapped[str | None] = mapped_column(
        Text, doc="for a hazard: code of a rule with subject hazard_code"
    )
    title: Mapped[str] = mapped_column(Text, doc="what was found, in a few words; no person")
    subject_type: Mapped[str | None] = mapped_column(
        Text, doc="facility, estate, admin_unit, construction_project, gap …"
    )
    subject_code: Mapped[str | None] = mapped_column(Text, doc="code of what it is about")
    admin_code: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[Any] = geometry("POINT", doc="where, if it has a place")


class WorkEvent(Base):
    """One step of a work item; steps are added, never changed and never taken away."""

    __tablename__ = "work_event"
    __table_args__ = (
        CheckConstraint(f"step IN {WORK_STEPS}", name="step"),
        CheckConstraint("step NOT IN ('assigned') OR role IS NOT NULL", name="assigned_to"),
        CheckConstraint("step NOT IN ('due') OR due_on IS NOT NULL", name="due"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=True, doc="order of the steps"
    )
    item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), index=True)
    step: Mapped[str] = mapped_column(Text, doc=" ".join(WORK_STEPS))
    on_date: Mapped[date] = mapped_column(doc="day of the step")
    role: Mapped[str | None] = mapped_column(
        Text, doc="assigned: to whom; else by whom. An office or role, not a person"
    )
    due_on: Mapped[date | None] = mapped_column(doc="to be done by")
    note: Mapped[str | None] = mapped_column(Text, doc="remarks without persons")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered"
    )


class StatedFigure(Keyed, Sourced, Base):
    """A number that an office states of a division, where the map itself cannot count it."""

    __tablename__ = "stated_figure"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        UniqueConstraint("admin_code", "figure", "counted_on"),
        Index("ix_stated_figure_figure", "figure"),
    )

    admin_code: Mapped[str] = mapped_column(Text)
    figure: Mapped[str] = mapped_column(Text, doc="e.g. civil_affairs_officers 专职民政干部")
    value: Mapped[float] = mapped_column(Double, doc="the number")
    unit: Mapped[str] = mapped_column(Text, doc="unit of the number")
    counted_on: Mapped[date] = mapped_column(doc="day for which it is stated")
