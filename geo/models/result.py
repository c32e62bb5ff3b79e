"""Which coverage and gaps were computed, by which rule, from which state of the data?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, Index, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, geometry, spatial_indexes


class CoverageRun(Keyed, Base):
    """One computation of coverage: its question, its rule and the state of the data it saw."""

    __tablename__ = "coverage_run"
    __table_args__ = (
        Index(
            "uq_coverage_run_question",
            "city_code", "areas", "kind", "radius_m", "on_date", "basis", "base_year",
            "projection", "across_border", "published_only", "measure", "network", "fallback",
            unique=True,
        ),
    )  # fmt: skip

    city_code: Mapped[str] = mapped_column(Text, doc="city, 12 digits")
    areas: Mapped[str] = mapped_column(Text, doc="district, township or zone")
    kind: Mapped[str] = mapped_column(Text, doc="kind or group of facilities")
    radius_m: Mapped[float] = mapped_column(Double, doc="metres, as `measure` counts them")
    on_date: Mapped[date] = mapped_column(doc="day on which facilities and areas are in force")
    basis: Mapped[str] = mapped_column(Text)
    base_year: Mapped[int] = mapped_column(SmallInteger)
    projection: Mapped[str] = mapped_column(Text)
    across_border: Mapped[bool] = mapped_column(
        Boolean, doc="facilities outside an area count for its people"
    )
    published_only: Mapped[bool] = mapped_column(
        Boolean, doc="only published facilities and areas count: what the public is told"
    )
    measure: Mapped[str] = mapped_column(
        Text, server_default="line", doc="line: geodesic on the ellipsoid; walk: along the roads"
    )
    network: Mapped[str] = mapped_column(
        Text, server_default="", doc="road network that was walked; empty = none"
    )
    fallback: Mapped[str] = mapped_column(
        Text, server_default="none", doc="line: areas without a network fall back to the line"
    )
    method: Mapped[str] = mapped_column(Text, doc="the rule in words")
    data_stamp: Mapped[int] = mapped_column(
        BigInteger, doc="sum of the stamps of the inputs; a run with another one is stale"
    )
    holds: Mapped[Range[date]] = mapped_column(
        DATERANGE, doc="days on which the same answer holds: no input begins or ends within them"
    )
    detail: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        doc="people outside every area, areas that cannot be measured, sources, dropped slivers",
    )
    has_synthetic: Mapped[bool] = mapped_column(Boolean, doc="an input was made up")
    facilities: Mapped[int] = mapped_column(doc="facilities that counted")
    computed_at: Mapped[datetime] = mapped_column(server_default=func.now(), doc="when")


class CoverageRow(Keyed, Base):
    """People of one area: how many, and how many of them within reach."""

    __tablename__ = "coverage_row"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("coverage_run.id", ondelete="CASCADE"), index=True
    )
    area_code: Mapped[str] = mapped_column(Text)
    area_name: Mapped[str] = mapped_column(Text)
    people_60: Mapped[float] = mapped_column(Double)
    people_65: Mapped[float | None] = mapped_column(Double)
    people_80: Mapped[float | None] = mapped_column(Double)
    covered_60: Mapped[float] = mapped_column(Double)
    covered_65: Mapped[float | None] = mapped_column(Double)
    covered_80: Mapped[float | None] = mapped_column(Double)
    measured_by: Mapped[str] = mapped_column(
        Text, server_default="line", doc="line or walk: how this area was measured"
    )
    too_far_60: Mapped[float | None] = mapped_column(
        Double, doc="on foot: people aged 60 and over farther from any way than the snap limit"
    )
    island_60: Mapped[float | None] = mapped_column(
        Double, doc="on foot: those on ways apart from the main network and not covered"
    )


class GapArea(Keyed, Base):
    """An uncovered stretch of one area with the people in it."""

    __tablename__ = "gap_area"
    __table_args__ = (*spatial_indexes("gap_area"),)

    run_id: Mapped[int] = mapped_column(
        ForeignKey("coverage_run.id", ondelete="CASCADE"), index=True
    )
    area_code: Mapped[str] = mapped_column(Text)
    area_name: Mapped[str] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(doc="1 = most people aged 60 and over")
    area_m2: Mapped[float] = mapped_column(Double, doc="measured on the ellipsoid")
    people_60: Mapped[float] = mapped_column(Double)
    people_65: Mapped[float | None] = mapped_column(Double)
    people_80: Mapped[float | None] = mapped_column(Double)
    nearest_m: Mapped[float | None] = mapped_column(
        Double, doc="mean distance of its people to the nearest facility of the kind"
    )
    geom: Mapped[Any] = geometry("MULTIPOLYGON", nullable=False)


class DataStamp(Base):
    """When was a table last written? A trigger moves the stamp, so deletions count too."""

    __tablename__ = "data_stamp"

    table_name: Mapped[str] = mapped_column(Text, primary_key=True, doc="table")
    stamp: Mapped[int] = mapped_column(BigInteger, doc="row version of the last write")
