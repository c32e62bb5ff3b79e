"""Which places have which names, since when, on which lists, and where?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, geometry, spatial_indexes

NAME_KINDS = (
    "standard",
    "short",
    "alias",
    "former",
    "popular",
    "minority",
    "vanished",
    "reused_in_place",
    "reused_moved",
)
POSITION_QUALITIES = ("surveyed", "point", "approximate", "township", "district", "city", "unknown")


class Place(Keyed, Sourced, Base):
    """A named thing on the ground; its names and positions are dated rows of their own."""

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_located_in", "located_in"),
        Index("ix_place_unit_code", "unit_code"),
    )

    code: Mapped[str] = mapped_column(Text, unique=True, doc="stable code: source + its own id")
    category: Mapped[str | None] = mapped_column(Text, doc="category code of DOMAIN D.2, 5 digits")
    feature_class: Mapped[str] = mapped_column(
        Text, doc="A division, H water, L area, P settlement, R road, S site, T terrain"
    )
    unit_code: Mapped[str | None] = mapped_column(
        Text, doc="the division that this place is, when it is one"
    )
    located_in: Mapped[str | None] = mapped_column(Text, doc="smallest known division around it")
    origin: Mapped[str | None] = mapped_column(Text, doc="origin and meaning of the name")
    attribution: Mapped[str | None] = mapped_column(Text, doc="words that a licence asks for")
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info={"private": True})


class PlaceName(Keyed, Base):
    """One name of a place with its kind and its years (astronomical: 0 = 1 BCE)."""

    __tablename__ = "place_name"
    __table_args__ = (
        CheckConstraint(f"kind IN {NAME_KINDS}", name="kind"),
        CheckConstraint("start_earliest <= start_latest", name="start"),
        CheckConstraint("end_earliest <= end_latest", name="end"),
        Index("ix_place_name_name", "name"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, doc=" ".join(NAME_KINDS))
    language: Mapped[str] = mapped_column(Text, server_default="zh", doc="BCP 47 tag")
    script: Mapped[str | None] = mapped_column(Text, doc="ISO 15924: Hans, Hant, Latn, Tibt …")
    pinyin: Mapped[str | None] = mapped_column(Text, doc="romanised by the rules of DOMAIN D.5")
    reading_status: Mapped[str | None] = mapped_column(
        Text, doc="reviewed, library, uncertain, or none where there are no Chinese characters"
    )
    start_earliest: Mapped[int | None] = mapped_column(Integer, doc="year; NULL = unknown")
    start_latest: Mapped[int | None] = mapped_column(Integer, doc="year; NULL = unknown")
    end_earliest: Mapped[int | None] = mapped_column(Integer, doc="NULL = unknown or still in use")
    end_latest: Mapped[int | None] = mapped_column(
        Integer, doc="year; NULL = unknown or still in use"
    )
    certainty: Mapped[str | None] = mapped_column(Text, doc="certain, less-certain, uncertain")
    citation: Mapped[str | None] = mapped_column(Text)


class PlacePosition(Keyed, Base):
    """Where a place is or was, and how well that is known."""

    __tablename__ = "place_position"
    __table_args__ = (
        CheckConstraint(f"quality IN {POSITION_QUALITIES}", name="quality"),
        *spatial_indexes("place_position", geography=True),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    geom: Mapped[Any] = geometry("GEOMETRY", doc="NULL where only the division is known")
    quality: Mapped[str] = mapped_column(Text, doc=" ".join(POSITION_QUALITIES))
    unit_code: Mapped[str | None] = mapped_column(
        Text, doc="division that the position is known to lie in, for township, district, city"
    )
    start_year: Mapped[int | None] = mapped_column(Integer, doc="since, NULL = unknown")
    end_year: Mapped[int | None] = mapped_column(Integer, doc="until, NULL = unknown or still")
    citation: Mapped[str | None] = mapped_column(Text)


class HeritageListing(Keyed, Base):
    """A place on a list of heritage or red names."""

    __tablename__ = "heritage_listing"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
    list_name: Mapped[str] = mapped_column(Text, doc="name of the list")
    family: Mapped[str] = mapped_column(Text, doc="heritage or red")
    list_class: Mapped[str | None] = mapped_column(Text, doc="class within the list")
    list_level: Mapped[str] = mapped_column(Text, doc="national, province, city or district")
    batch: Mapped[str | None] = mapped_column(Text, doc="batch of the list")
    listed_year: Mapped[int | None] = mapped_column(SmallInteger, doc="year of listing")
    era: Mapped[str | None] = mapped_column(Text, doc="era of its history")
    citation: Mapped[str | None] = mapped_column(Text)
    nomination_code: Mapped[str | None] = mapped_column(
        Text, doc="nomination that brought it onto the list", info={"private": True}
    )


class NameKey(Base):
    """A search key of a name: what a reader may type to find it.

    The primary key is the one index of the search: the names of a key, by rank.
    """

    __tablename__ = "name_key"

    key: Mapped[str] = mapped_column(
        Text(collation="C"), primary_key=True, doc="what a reader types; ordered by bytes"
    )
    kind: Mapped[str] = mapped_column(
        Text, primary_key=True, doc="exact, core, pinyin, initials, deletion, bigram or begin"
    )
    rank: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, doc="0 first"
    )
    name_id: Mapped[int] = mapped_column(
        ForeignKey("place_name.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
