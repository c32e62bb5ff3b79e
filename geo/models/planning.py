"""What is planned, built, owed and tagged: zones, estates, projects, rule sets, programmes?"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Double, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, Versioned, geometry, spatial_indexes, versions_by


class PlanningZone(Keyed, Versioned, Sourced, Base):
    """A zone that is analysed or planned as one: 片区, 网格, a synthetic one for a township."""

    __tablename__ = "planning_zone"
    __table_args__ = (*versions_by("planning_zone", "code"), *spatial_indexes("planning_zone"))

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, doc="e.g. 片区规划, 分析片区")
    status: Mapped[str | None] = mapped_column(Text, doc="stage of the plan")
    parent_code: Mapped[str | None] = mapped_column(Text, index=True, doc="division, 12 digits")
    due_on: Mapped[date | None] = mapped_column(doc="due date")
    geom: Mapped[Any] = geometry("MULTIPOLYGON", nullable=False)
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class Estate(Keyed, Versioned, Sourced, Base):
    """A residential estate and the elder-care floor area that it handed over."""

    __tablename__ = "estate"
    __table_args__ = (
        CheckConstraint("estate_type IN ('new', 'built')", name="estate_type"),
        CheckConstraint("households >= 0", name="households"),
        *versions_by("estate", "code"),
        *spatial_indexes("estate"),
    )

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    estate_type: Mapped[str] = mapped_column(Text, doc="new or built")
    households: Mapped[int] = mapped_column(doc="number of dwellings")
    approved_on: Mapped[date | None] = mapped_column(doc="date of the planning approval")
    handed_over_m2: Mapped[float | None] = mapped_column(Double, doc="elder-care floor area")
    largest_room_m2: Mapped[float | None] = mapped_column(
        Double, doc="largest single room of the elder-care area"
    )
    handed_over_on: Mapped[date | None] = mapped_column(
        doc="date of hand-over; NULL = not handed over or unknown"
    )
    pool_code: Mapped[str | None] = mapped_column(Text, doc="estates that provide together")
    admin_code: Mapped[str | None] = mapped_column(Text, index=True)
    geom: Mapped[Any] = geometry("GEOMETRY")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class ConstructionProject(Keyed, Versioned, Sourced, Base):
    """A building project: who leads, how far, how much paid, due when."""

    __tablename__ = "construction_project"
    __table_args__ = (
        CheckConstraint("progress_percent BETWEEN 0 AND 100", name="progress"),
        *versions_by("construction_project", "code"),
        *spatial_indexes("construction_project"),
    )

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    project_class: Mapped[str | None] = mapped_column(Text, doc="新建, 改扩建, 储备中心 …")
    lead_role: Mapped[str | None] = mapped_column(Text, doc="a role, not a person")
    stage: Mapped[str | None] = mapped_column(Text, doc="立项 动工 主体 装修 验收 投用")
    progress_percent: Mapped[float | None] = mapped_column(Double, doc="progress as reported")
    funding_planned_cny: Mapped[float | None] = mapped_column(
        Numeric(14, 2, asdecimal=False), doc="yuan"
    )
    funding_paid_cny: Mapped[float | None] = mapped_column(
        Numeric(14, 2, asdecimal=False), doc="yuan"
    )
    funding_source: Mapped[str | None] = mapped_column(Text, doc="who pays")
    started_on: Mapped[date | None] = mapped_column(doc="start of works")
    due_on: Mapped[date | None] = mapped_column(doc="due date")
    finished_on: Mapped[date | None] = mapped_column(doc="date of completion")
    facility_code: Mapped[str | None] = mapped_column(Text, doc="facility that is built")
    admin_code: Mapped[str | None] = mapped_column(Text, index=True)
    geom: Mapped[Any] = geometry("POINT")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class StandardRule(Keyed, Versioned, Sourced, Base):
    """A written rule with its place, its dates, its source and whether someone has verified it."""

    __tablename__ = "standard_rule"
    __table_args__ = (
        CheckConstraint("status IN ('verified', 'second_hand', 'unverified')", name="status"),
        *versions_by("standard_rule", "code"),
        Index("ix_standard_rule_subject", "subject"),
    )

    code: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, doc="what is ruled, e.g. estate_floor_area")
    scope_code: Mapped[str | None] = mapped_column(Text, doc="division; NULL = whole nation")
    title: Mapped[str] = mapped_column(Text, doc="the rule in a few words")
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB, doc="value, unit, conditions")
    status: Mapped[str] = mapped_column(Text, doc="verified, second_hand or unverified")


class ProgrammeTag(Keyed, Sourced, Base):
    """A division or facility takes part in a programme: batch, level, dates."""

    __tablename__ = "programme_tag"
    __table_args__ = (
        CheckConstraint("subject_type IN ('admin_unit', 'facility')", name="subject_type"),
        Index("ix_programme_tag_subject_type_subject_code", "subject_type", "subject_code"),
    )

    subject_type: Mapped[str] = mapped_column(Text, doc="admin_unit or facility")
    subject_code: Mapped[str] = mapped_column(Text, doc="code of the unit or facility")
    programme: Mapped[str] = mapped_column(Text, doc="name of the programme")
    batch: Mapped[str | None] = mapped_column(Text, doc="batch of the programme")
    programme_level: Mapped[str | None] = mapped_column(Text, doc="national, province, city …")
    tagged_on: Mapped[date | None] = mapped_column(doc="since")
    until: Mapped[date | None] = mapped_column(doc="NULL = still")
