"""What is told of a place beside its names: texts, relations to other places, media?"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed

TEXT_KINDS = ("origin", "meaning", "history", "government_history", "description")
RELATION_KINDS = (
    "preceded_by",
    "followed_by",
    "part_of",
    "same_as",
    "close_match",
    "related_to",
    "topic_of",
    "subject_of",
    "see_also",
)
MEDIA_KINDS = ("image", "audio", "video", "document")


class PlaceText(Keyed, Base):
    """What a source tells of a place's name or past, in that source's words."""

    __tablename__ = "place_text"
    __table_args__ = (CheckConstraint(f"kind IN {TEXT_KINDS}", name="kind"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(TEXT_KINDS))
    language: Mapped[str] = mapped_column(Text, server_default="zh", doc="BCP 47 tag")
    value: Mapped[str] = mapped_column(Text, doc="the text")
    uri: Mapped[str | None] = mapped_column(Text, doc="where the text is published")
    citation: Mapped[str | None] = mapped_column(Text)


class PlaceRelation(Keyed, Base):
    """How a place stands to another one, or to a record elsewhere, and when (0 = 1 BCE)."""

    __tablename__ = "place_relation"
    __table_args__ = (
        CheckConstraint(f"kind IN {RELATION_KINDS}", name="kind"),
        CheckConstraint("start_earliest <= start_latest", name="start"),
        CheckConstraint("end_earliest <= end_latest", name="end"),
        Index("ix_place_relation_other_kind", "other", "kind"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(RELATION_KINDS))
    other: Mapped[str] = mapped_column(Text, doc="code of the other place, or the address of one")
    label: Mapped[str | None] = mapped_column(Text, doc="the relation in words")
    start_earliest: Mapped[int | None] = mapped_column(Integer, doc="year; NULL = unknown")
    start_latest: Mapped[int | None] = mapped_column(Integer, doc="year; NULL = unknown")
    end_earliest: Mapped[int | None] = mapped_column(Integer, doc="NULL = unknown or still so")
    end_latest: Mapped[int | None] = mapped_column(Integer, doc="NULL = unknown or still so")
    certainty: Mapped[str | None] = mapped_column(Text, doc="certain, less-certain, uncertain")
    citation: Mapped[str | None] = mapped_column(Text)


class PlaceMedia(Keyed, Base):
    """A picture, recording or document about a place, by its address."""

    __tablename__ = "place_media"
    __table_args__ = (CheckConstraint(f"kind IN {MEDIA_KINDS}", name="kind"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(MEDIA_KINDS))
    uri: Mapped[str] = mapped_column(Text, doc="where it is kept")
    title: Mapped[str | None] = mapped_column(Text, doc="title of the work")
    licence: Mapped[str | None] = mapped_column(Text, doc="licence of the work")
    citation: Mapped[str | None] = mapped_column(Text)
