"""Where could be built, and which plans of what to open, close and move are kept?

None of it is public: no view shows these tables to the public role.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, Versioned, geometry, spatial_indexes, versions_by

CANDIDATE_KINDS = ("idle_building", "planned_land")
CHANGES = ("add", "close", "move")


class CandidateSite(Keyed, Versioned, Sourced, Base):
    """A place that could be used: an idle building (闲置用房) or planned land (规划用地)."""

    __tablename__ = "candidate_site"
    __table_args__ = (
        CheckConstraint(f"candidate_kind IN {CANDIDATE_KINDS}", name="kind"),
        CheckConstraint("area_m2 >= 0", name="area"),
        CheckConstraint("build_cost_cny >= 0", name="build_cost"),
        CheckConstraint("capacity >= 0", name="capacity"),
        *versions_by("candidate_site", "code"),
        *spatial_indexes("candidate_site"),
    )

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    candidate_kind: Mapped[str | None] = mapped_column(Text, doc=" ".join(CANDIDATE_KINDS))
    floor: Mapped[str | None] = mapped_column(
        Text, doc="lowest storey, or lowest-highest: 1 = ground, -1 = basement, M = mezzanine"
    )
    land_use: Mapped[str | None] = mapped_column(Text, doc="as the source writes it")
    area_m2: Mapped[float | None] = mapped_column(Double, doc="floor area, of land its area")
    use_right: Mapped[str | None] = mapped_column(Text, doc="who may let it be used, and how")
    build_cost_cny: Mapped[float | None] = mapped_column(
        Numeric(14, 2, asdecimal=False), doc="yuan to make it usable, as estimated"
    )
    capacity: Mapped[int | None] = mapped_column(doc="people (beds, meals a day) it could serve")
    address: Mapped[str | None] = mapped_column(Text, doc="postal address")
    admin_code: Mapped[str | None] = mapped_column(Text, index=True)
    geom: Mapped[Any] = geometry("GEOMETRY")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class Scenario(Keyed, Base):
    """A named plan on top of a day's stock: what is added, closed and moved."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("city_code", "name"),)

    city_code: Mapped[str] = mapped_column(Text, doc="city, 12 digits")
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, doc="kind of facility that is planned")
    on_date: Mapped[date] = mapped_column(doc="the day whose stock it begins with")
    owner_role: Mapped[str] = mapped_column(Text, doc="a role, not a person")
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), doc="when it was kept")


class ScenarioChange(Keyed, Base):
    """One change of a scenario."""

    __tablename__ = "scenario_change"
    __table_args__ = (
        CheckConstraint(f"action IN {CHANGES}", name="action"),
        CheckConstraint("(action = 'add') = (facility_code IS NULL)", name="facility"),
        CheckConstraint("(action = 'close') = (geom IS NULL)", name="place"),
        UniqueConstraint("scenario_id", "position"),
        Index("ix_scenario_change_scenario_id", "scenario_id"),
        *spatial_indexes("scenario_change"),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer, doc="order within the scenario, from 1")
    action: Mapped[str] = mapped_column(Text, doc=" ".join(CHANGES))
    facility_code: Mapped[str | None] = mapped_column(
        Text, doc="the facility that is closed or moved"
    )
    candidate_code: Mapped[str | None] = mapped_column(
        Text, doc="the candidate site that is used, where the place is one"
    )
    name: Mapped[str | None] = mapped_column(Text, doc="name of what is added")
    year: Mapped[int | None] = mapped_column(doc="year in which it is to happen")
    geom: Mapped[Any] = geometry("POINT", doc="where it is added or moved to")
