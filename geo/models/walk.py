"""Which walks along boundaries are kept and published, with which stops, texts and pictures?

What is kept of a walk may all be public: no marker's place, no disputed stretch. The numbers of
markers stand apart from the route, so that none tells where one stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, geometry, spatial_indexes

PRIVATE = {"private": True}


class Walk(Keyed, Sourced, Base):
    """A walk along a stretch of boundary (边界行) with its story; published only by the right."""

    __tablename__ = "walk"
    __table_args__ = (
        CheckConstraint("way IN ('line', 'roads')", name="way"),
        CheckConstraint("pace IN ('elder', 'planning')", name="pace"),
        CheckConstraint("0 <= from_m AND from_m < to_m", name="stretch"),
        CheckConstraint("length_m > 0 AND aside_m >= 0 AND minutes > 0", name="measures"),
        Index("ix_walk_line_code", "line_code"),
        *spatial_indexes("walk"),
    )

    code: Mapped[str] = mapped_column(Text, unique=True, doc="W- and a number")
    title: Mapped[str] = mapped_column(Text, doc="title of the story")
    line_code: Mapped[str] = mapped_column(Text, doc="boundary line that it goes along")
    line_label: Mapped[str] = mapped_column(Text, doc="what the line is called; 示意线 if derived")
    planned_on: Mapped[date] = mapped_column(doc="the day whose line and names it shows")
    part: Mapped[int] = mapped_column(SmallInteger, doc="stretch of the line, from 1")
    from_m: Mapped[float] = mapped_column(Double, doc="chainage of the start on it (量算值)")
    to_m: Mapped[float] = mapped_column(Double, doc="chainage of the end on it (量算值)")
    near_m: Mapped[float] = mapped_column(Double, doc="names within so many metres are stops")
    way: Mapped[str] = mapped_column(Text, doc="line: along the line; roads: on ways of a network")
    network: Mapped[str | None] = mapped_column(
        Text, info=PRIVATE, doc="road network that was used"
    )
    length_m: Mapped[float] = mapped_column(Double, doc="geodesic length of the route (量算值)")
    aside_m: Mapped[float] = mapped_column(Double, doc="from stops to ways and back, straight")
    pace: Mapped[str] = mapped_column(Text, doc="planning or elder")
    minutes: Mapped[float] = mapped_column(Double, doc="time at that pace, without stops")
    stops: Mapped[list[Any]] = mapped_column(
        JSONB, doc="public stops in order: names and tri-junctions, never a marker"
    )
    marker_numbers: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        doc="markers on the stretch, by number and not by place; the public sees published ones",
    )
    story: Mapped[dict[str, Any]] = mapped_column(
        JSONB, doc="intro and chapters: title, text, source, stop"
    )
    geom: Mapped[Any] = geometry("MULTILINESTRING", nullable=False, doc="the route")
    kept_by: Mapped[str] = mapped_column(Text, info=PRIVATE, doc="a role, not a person")
    published_by: Mapped[str | None] = mapped_column(Text, info=PRIVATE, doc="a role, not a person")
    published_at: Mapped[datetime | None] = mapped_column(doc="when it was published")
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now(), info=PRIVATE,
                                              doc="when it was kept")  # fmt: skip


class WalkPicture(Keyed, Base):
    """A picture of a walk, encoded anew: nothing of where and with what it was taken is left."""

    __tablename__ = "walk_picture"
    __table_args__ = (UniqueConstraint("walk_id", "position"),)

    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger, doc="order within the walk, from 1")
    chapter: Mapped[int | None] = mapped_column(
        SmallInteger, doc="chapter of the story that it stands in, from 1; NULL: at the top"
    )
    caption: Mapped[str] = mapped_column(Text, doc="what it shows; also read aloud")
    source: Mapped[str] = mapped_column(Text, doc="where the picture comes from")
    width: Mapped[int] = mapped_column(doc="pixels")
    height: Mapped[int] = mapped_column(doc="pixels")
    content: Mapped[bytes] = mapped_column(LargeBinary, doc="JPEG without metadata")
