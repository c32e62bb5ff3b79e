"""What was delivered, by whom, in which CRS, which rows were refused, and what did it change?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed


class Delivery(Keyed, Base):
    """One delivered file and how it was read."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("status IN ('loaded', 'undone')", name="status"),
        CheckConstraint("secrecy IN ('public', 'internal', 'unknown')", name="secrecy"),
    )

    kind: Mapped[str] = mapped_column(Text, doc="facilities, admin-units, demo …")
    file_name: Mapped[str] = mapped_column(Text, doc="name without its path")
    sha256: Mapped[str] = mapped_column(Text, index=True, doc="checksum of the file")
    size_bytes: Mapped[int] = mapped_column(BigInteger, doc="size of the file")
    delivered_by: Mapped[str | None] = mapped_column(Text, doc="an office or role, not a person")
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), doc="when it was read")
    secrecy: Mapped[str] = mapped_column(
        Text, server_default="unknown", doc="密级; 秘密 and above is refused unread"
    )
    licence: Mapped[str | None] = mapped_column(Text, doc="licence of the data")
    encoding: Mapped[str | None] = mapped_column(Text, doc="text encoding that was found")
    crs_stated: Mapped[str | None] = mapped_column(Text, doc="CRS that the deliverer stated")
    crs_used: Mapped[str | None] = mapped_column(Text, doc="CRS that the coordinates were read in")
    columns: Mapped[dict[str, Any] | None] = mapped_column(JSONB, doc="column → field")
    report: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="the loading report; keys as in docs/loading.md"
    )
    status: Mapped[str] = mapped_column(Text, server_default="loaded", doc="loaded or undone")


class RefusedRow(Keyed, Base):
    """A row that found no place, with the reason and without its personal columns."""

    __tablename__ = "refused_row"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), index=True
    )
    row_number: Mapped[int] = mapped_column(doc="row of the file, 1 = first data row")
    column_name: Mapped[str | None] = mapped_column(Text, doc="column at fault")
    value: Mapped[str | None] = mapped_column(Text, doc="value at fault, never a personal one")
    rule: Mapped[str] = mapped_column(Text, doc="rule that refused it")
    message: Mapped[str] = mapped_column(Text, doc="what is wrong and what to do")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="the row without personal columns")


class DeliveryChange(Base):
    """What a delivery did to one stored row: the journal by which it can be taken back."""

    __tablename__ = "delivery_change"
    __table_args__ = (
        CheckConstraint("action IN ('began', 'ended', 'corrected', 'confirmed')", name="action"),
    )

    # Neither is a foreign key: a million checks would cost a load more than the rows themselves.
    delivery_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, doc="delivery that wrote the row"
    )
    table_name: Mapped[str] = mapped_column(Text, primary_key=True, doc="table of the row")
    row_id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, doc="surrogate key of the row"
    )
    action: Mapped[str] = mapped_column(
        Text,
        doc="began a version, ended one, corrected one in place, or confirmed it unchanged",
    )
    former: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="values before the change, of the columns that it changed"
    )
    version_after: Mapped[int] = mapped_column(
        BigInteger, doc="row version after the change; another one tells of a later write"
    )
