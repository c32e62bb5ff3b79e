"""Which names were approved, and when were they filed, made public and put on signs?"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced

APPROVAL_STEPS = ("approved", "filed", "noticed", "signed", "withdrawn")


class NameApproval(Keyed, Sourced, Base):
    """A name on which an authority decided; its days stand in its events alone."""

    __tablename__ = "name_approval"

    name: Mapped[str] = mapped_column(Text, doc="the approved name")
    kind: Mapped[str] = mapped_column(Text, doc="kind of data/placenames/naming-rules.toml")
    admin_code: Mapped[str] = mapped_column(Text, index=True, doc="division that it lies in")
    place_code: Mapped[str | None] = mapped_column(
        Text, index=True, doc="code of the place that bears it, where it is stored"
    )
    document_no: Mapped[str | None] = mapped_column(Text, doc="number of the approving document")
    approver: Mapped[str | None] = mapped_column(Text, doc="authority that approved; no person")


class NameApprovalEvent(Base):
    """One entry of a day; entries are added, never changed: a later one of a step replaces it."""

    __tablename__ = "name_approval_event"
    __table_args__ = (CheckConstraint(f"step IN {APPROVAL_STEPS}", name="step"),)

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=True, doc="order of the entries"
    )
    approval_id: Mapped[int] = mapped_column(ForeignKey("name_approval.id"), index=True)
    step: Mapped[str] = mapped_column(Text, doc=" ".join(APPROVAL_STEPS))
    on_date: Mapped[date | None] = mapped_column(doc="day of the step; NULL takes it back")
    role: Mapped[str] = mapped_column(Text, doc="who entered it: an office or role, not a person")
    note: Mapped[str | None] = mapped_column(Text, doc="remarks without persons")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when it was entered"
    )
