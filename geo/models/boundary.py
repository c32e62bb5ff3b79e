"""Where do the boundary lines run, and where do their markers stand?"""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, CheckConstraint, Double, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import (
    STORED_SRID,
    Base,
    Keyed,
    Sourced,
    Versioned,
    geometry,
    spatial_indexes,
    versions_by,
)

PRIVATE = {"private": True}


class BoundaryLine(Keyed, Versioned, Sourced, Base):
    """A boundary line between two neighbours; every line states its basis."""

    __tablename__ = "boundary_line"
    __table_args__ = (
        CheckConstraint("basis IN ('agreement', 'detailed_map', 'derived')", name="basis"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("left_code <> right_code", name="two_sides"),
        *versions_by("boundary_line", "code"),
        *spatial_indexes("boundary_line"),
    )

    code: Mapped[str] = mapped_column(Text, doc="line code; a derived line has one of our own")
    name: Mapped[str | None] = mapped_column(Text, doc="two short names + 线; NULL when derived")
    level: Mapped[int] = mapped_column(SmallInteger)
    left_code: Mapped[str] = mapped_column(Text, doc="unit on the left, 12 digits")
    right_code: Mapped[str] = mapped_column(Text, doc="unit on the right, 12 digits")
    basis: Mapped[str] = mapped_column(Text, doc="agreement, detailed_map or derived from polygons")
    document_no: Mapped[str | None] = mapped_column(Text)
    archive_scale: Mapped[int | None] = mapped_column(doc="denominator of the archive's map scale")
    published_length_m: Mapped[float | None] = mapped_column(
        Double, doc="length as published; never a measured one"
    )
    is_disputed: Mapped[bool] = mapped_column(
        Boolean,
        server_default=text("false"),
        info={"private": True},
        doc="disputed stretches are internal only",
    )
    last_inspected_on: Mapped[date | None] = mapped_column(doc="last joint inspection")
    geom: Mapped[Any] = geometry("MULTILINESTRING", nullable=False)
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info={"private": True})


class BoundaryMarker(Keyed, Versioned, Sourced, Base):
    """A boundary marker (界桩); its coordinates are never public.

    The public view holds number, lines, serial, type, level and state of published rows; what else
    is known of a marker is for surveyors.
    """

    __tablename__ = "boundary_marker"
    __table_args__ = (
        CheckConstraint(
            "state IN ('intact','leaning','damaged','lost','moved','buried','unknown')",
            name="state",
        ),
        CheckConstraint("cardinality(line_codes) BETWEEN 1 AND 3", name="at_most_three_lines"),
        CheckConstraint("cardinality(place_codes) <= 3", name="at_most_three_places"),
        CheckConstraint("archived_sigma_m > 0", name="archived_sigma_m"),
        *versions_by("boundary_marker", "number"),
        Index("ix_boundary_marker_line_codes", "line_codes", postgresql_using="gin"),
        *spatial_indexes("boundary_marker"),
    )

    number: Mapped[str] = mapped_column(Text, doc="full marker number")
    line_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="lines it stands on")
    serial: Mapped[int | None] = mapped_column(doc="serial number on its line")
    type_code: Mapped[str | None] = mapped_column(Text, doc="Q single; A, B double; C, D, E triple")
    level: Mapped[int | None] = mapped_column(SmallInteger)
    material: Mapped[str | None] = mapped_column(Text, doc="stone, concrete, metal …", info=PRIVATE)
    faces: Mapped[int | None] = mapped_column(
        SmallInteger, doc="1, 2 or 3 inscribed faces", info=PRIVATE
    )
    state: Mapped[str] = mapped_column(
        Text,
        server_default="unknown",
        doc="intact, leaning, damaged, lost, moved, buried or unknown",
    )
    data_id: Mapped[str | None] = mapped_column(Text, doc="空间数据标识码", info=PRIVATE)
    place_codes: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text),
        doc="所在地: divisions on whose ground it stands, its own side first",
        info=PRIVATE,
    )
    position_text: Mapped[str | None] = mapped_column(
        Text, doc="位置描述: where it stands, in words", info=PRIVATE
    )
    custodian: Mapped[str | None] = mapped_column(
        Text, doc="托管单位: the office that looks after it, not a person", info=PRIVATE
    )
    agreement_no: Mapped[str | None] = mapped_column(
        Text, doc="三交点协议: number of the agreement of three sides", info=PRIVATE
    )
    archived_crs: Mapped[str | None] = mapped_column(
        Text, doc="CRS of the archived coordinates", info=PRIVATE
    )
    archived_x: Mapped[float | None] = mapped_column(
        Double, doc="north, or latitude, as archived", info=PRIVATE
    )
    archived_y: Mapped[float | None] = mapped_column(
        Double, doc="east, or longitude, as archived", info=PRIVATE
    )
    archived_sigma_m: Mapped[float | None] = mapped_column(
        Double, doc="点位中误差 of the archived position, metres (1 σ)", info=PRIVATE
    )
    transformation: Mapped[str | None] = mapped_column(
        Text, doc="how the archived coordinates became CGCS2000; NULL: not stated", info=PRIVATE
    )
    height_m: Mapped[float | None] = mapped_column(Double, doc="height as archived", info=PRIVATE)
    height_datum: Mapped[str | None] = mapped_column(
        Text, doc="e.g. 1985 国家高程基准", info=PRIVATE
    )
    is_approximate: Mapped[bool] = mapped_column(
        Boolean,
        server_default=text("false"),
        doc="position converted without local parameters",
        info=PRIVATE,
    )
    reference_objects: Mapped[list[Any] | None] = mapped_column(
        JSONB, doc="方位物: position, grid azimuth, distance", info=PRIVATE
    )
    geom: Mapped[Any] = mapped_column(
        Geometry("POINT", srid=STORED_SRID, spatial_index=False), nullable=True, info=PRIVATE
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=PRIVATE)
