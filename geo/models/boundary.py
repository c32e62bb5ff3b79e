"""Where do the boundary lines run, and where do their markers stand?"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Double, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, Versioned, geometry, spatial_indexes, versions_by


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
    """A boundary marker (界桩); its coordinates are never public."""

    __tablename__ = "boundary_marker"
    __table_args__ = (
        CheckConstraint(
            "state IN ('intact','leaning','damaged','lost','moved','buried','unknown')",
            name="state",
        ),
        CheckConstraint("cardinality(line_codes) BETWEEN 1 AND 3", name="at_most_three_lines"),
        *versions_by("boundary_marker", "number"),
        Index("ix_boundary_marker_line_codes", "line_codes", postgresql_using="gin"),
        *spatial_indexes("boundary_marker"),
    )

    number: Mapped[str] = mapped_column(Text, doc="full marker number")
    line_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="lines it stands on")
    serial: Mapped[int | None] = mapped_column(doc="serial number on its line")
    type_code: Mapped[str | None] = mapped_column(Text, doc="Q single; A, B double; C, D, E triple")
    level: Mapped[int | None] = mapped_column(SmallInteger)
    material: Mapped[str | None] = mapped_column(Text, doc="stone, concrete, metal …")
    faces: Mapped[int | None] = mapped_column(SmallInteger, doc="1, 2 or 3 inscribed faces")
    state: Mapped[str] = mapped_column(
        Text,
        server_default="unknown",
        doc="intact, leaning, damaged, lost, moved, buried or unknown",
    )
    archived_crs: Mapped[str | None] = mapped_column(Text, doc="CRS of the archived coordinates")
    archived_x: Mapped[float | None] = mapped_column(Double, doc="north, or latitude, as archived")
    archived_y: Mapped[float | None] = mapped_column(Double, doc="east, or longitude, as archived")
    height_m: Mapped[float | None] = mapped_column(Double, doc="height")
    height_datum: Mapped[str | None] = mapped_column(Text, doc="e.g. 1985 国家高程基准")
    is_approximate: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), doc="position converted without local parameters"
    )
    reference_objects: Mapped[list[Any] | None] = mapped_column(
        JSONB, doc="方位物: position, grid azimuth, distance"
    )
    geom: Mapped[Any] = geometry("POINT")
    extra: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
