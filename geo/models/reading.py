"""Which readings of names did somebody of which role confirm, from which source, and when?"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed

READING_STATUSES = ("verified", "unverified", "withdrawn")


class NameReading(Keyed, Base):
    """One decision on the reading of a name; decisions are added, never changed: the last counts.

    A withdrawn one gives the name back to the project's table and the library.
    """

    __tablename__ = "name_reading"
    __table_args__ = (
        CheckConstraint(f"status IN {READING_STATUSES}", name="status"),
        CheckConstraint("(pinyin IS NULL) = (status = 'withdrawn')", name="pinyin"),
        Index("ix_name_reading_name", "name"),
    )

    name: Mapped[str] = mapped_column(Text, doc="the name, or the beginning of longer names")
    within_code: Mapped[str | None] = mapped_column(
        Text, doc="division in which alone the reading holds, twelve digits; NULL = everywhere"
    )
    pinyin: Mapped[str | None] = mapped_column(Text, doc="with tones, one syllable per character")
    status: Mapped[str] = mapped_column(Text, doc=" ".join(READING_STATUSES))
    role: Mapped[str] = mapped_column(Text, doc="role of who decided, never a person's name")
    source: Mapped[str] = mapped_column(Text, doc="what the reading was confirmed with")
    source_date: Mapped[date | None] = mapped_column(doc="date of that source")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=text("clock_timestamp()"), doc="when it was entered"
    )
