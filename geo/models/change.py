"""What was changed where, in the order of the commits? Boxes only: no value is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, Identity, Sequence, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base

change_seq: Sequence = Sequence("change_seq", metadata=Base.metadata)


class ChangeCommit(Base):
    """One transaction that wrote to what tiles are made of; numbered when it commits."""

    __tablename__ = "change_commit"

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(), primary_key=True, doc="surrogate key, in no particular order"
    )
    seq: Mapped[int | None] = mapped_column(
        BigInteger, unique=True,
        doc="number in the order of the commits, drawn under a lock that lasts until the commit; "
        "NULL only inside the transaction itself",
    )  # fmt: skip
    committed_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="when the number was drawn"
    )


class ChangeBox(Base):
    """Where a statement changed rows of a table: old and new places, together in boxes."""

    __tablename__ = "change_box"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, doc="surrogate key")
    commit_id: Mapped[int] = mapped_column(
        ForeignKey("change_commit.id", ondelete="CASCADE"), index=True
    )
    table_name: Mapped[str] = mapped_column(Text, doc="table")
    is_public: Mapped[bool] = mapped_column(
        Boolean, doc="some of the rows were or are public, so that public tiles may change"
    )
    west: Mapped[float | None] = mapped_column(
        Double, doc="degrees, EPSG:4490; NULL: everywhere (the table was emptied)"
    )
    south: Mapped[float | None] = mapped_column(Double, doc="degrees")
    east: Mapped[float | None] = mapped_column(Double, doc="degrees")
    north: Mapped[float | None] = mapped_column(Double, doc="degrees")
