"""Which facilities stand where, do what, for whom, at which price, and since when?"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, Versioned, geometry, spatial_indexes, versions_by

STATES = ("open", "paused", "planned", "under_construction", "closed")
FIRE_STATES = ("passed", "failed", "pending")
CARE_LEVELS = ("independent", "partial", "full", "dementia")


class Operator(Keyed, Sourced, Base):
    """Who runs facilities, and in which province is it at home (异地设立)?"""

    __tablename__ = "operator"

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    uscc: Mapped[str | None] = mapped_column(Text, doc="unified social credit code")
    home_province_code: Mapped[str | None] = mapped_column(Text, doc="12 digits")


class Facility(Keyed, Versioned, Sourced, Base):
    """One version of a facility; what it does stands in `kinds`, each place once."""

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"fire_state IN {FIRE_STATES}", name="fire_state"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
        CheckConstraint("beds_total >= 0 AND beds_nursing >= 0 AND beds_free >= 0", name="beds"),
        CheckConstraint(
            "beds_nursing <= beds_total AND beds_free <= beds_total", name="beds_within_total"
        ),
        *versions_by("facility", "code"),
        Index("ix_facility_kinds", "kinds", postgresql_using="gin"),
        Index("ix_facility_admin_code", "admin_code"),
        *spatial_indexes("facility", geography=True),
        Index("ix_facility_shown", text("shown_point(kinds, geom)"), postgresql_using="gist"),
        Index(
            "ix_facility_shown_geog",
            text("(shown_point(kinds, geom)::geography)"),
            postgresql_using="gist",
        ),
    )

    code: Mapped[str] = mapped_column(Text, doc="stable code of the site; not the USCC")
    name: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="codes of geo.models.kinds")
    state: Mapped[str] = mapped_column(Text, server_default="open", doc=" ".join(STATES))
    address: Mapped[str | None] = mapped_column(Text, doc="postal address")
    stated_unit: Mapped[str | None] = mapped_column(Text, doc="division as the source writes it")
    admin_code: Mapped[str | None] = mapped_column(
        Text, doc="division, 12 digits, found from the position; NULL outside every known one"
    )
    geom: Mapped[Any] = geometry("POINT", nullable=False)
    position_quality: Mapped[str | None] = mapped_column(Text, doc="surveyed, point, approximate …")
    position_note: Mapped[str | None] = mapped_column(Text, doc="e.g. converted from GCJ-02, 近似")
    phone: Mapped[str | None] = mapped_column(Text, doc="published phone of the facility")
    website: Mapped[str | None] = mapped_column(Text, doc="published web address")
    hours: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc='opening times by day: {"mon": [["08:00", "17:00"]], …}; NULL = unknown'
    )
    services: Mapped[list[str] | None] = mapped_column(ARRAY(Text), doc="services offered")
    care_levels: Mapped[list[str] | None] = mapped_column(ARRAY(Text), doc=" ".join(CARE_LEVELS))
    beds_total: Mapped[int | None] = mapped_column(doc="beds in service")
    beds_nursing: Mapped[int | None] = mapped_column(doc="护理型床位")
    beds_free: Mapped[int | None] = mapped_column(doc="vacant beds")
    beds_on: Mapped[date | None] = mapped_column(doc="date of the bed counts")
    meals_per_day: Mapped[int | None] = mapped_column(doc="capacity of a canteen")
    floor_area_m2: Mapped[float | None] = mapped_column(Double, doc="floor area")
    ownership: Mapped[str | None] = mapped_column(Text, doc="public or private")
    operation: Mapped[str | None] = mapped_column(
        Text, doc="public, private_nonprofit or private_profit; 公建民营 = public × private_…"
    )
    fire_state: Mapped[str | None] = mapped_column(Text, doc=" ".join(FIRE_STATES))
    fire_checked_on: Mapped[date | None] = mapped_column(doc="date of the fire check")
    has_lift: Mapped[bool | None] = mapped_column(doc="NULL = unknown")
    has_ramp: Mapped[bool | None] = mapped_column(doc="NULL = unknown")
    medical_link: Mapped[str | None] = mapped_column(Text, doc="医养结合: own clinic or contract")
    uscc: Mapped[str | None] = mapped_column(
        Text, doc="unified social credit code of the operator; one may run many sites"
    )
    filing_no: Mapped[str | None] = mapped_column(Text, doc="备案编号")
    filed_on: Mapped[date | None] = mapped_column(doc="date of filing 备案")
    hub_code: Mapped[str | None] = mapped_column(Text, doc="1+N: code of the hub facility")
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    checked_on: Mapped[date | None] = mapped_column(doc="date on which someone checked the entry")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )


class FacilityRating(Keyed, Base):
    """A rating by one scheme; two schemes may stand side by side."""

    __tablename__ = "facility_rating"
    __table_args__ = (
        CheckConstraint("rated_in ~ '^[0-9]{4}(-(0[1-9]|1[0-2]))?$'", name="rated_in"),
    )

    facility_id: Mapped[int] = mapped_column(
        ForeignKey("facility.id", ondelete="CASCADE"), index=True
    )
    scheme: Mapped[str | None] = mapped_column(Text, doc="e.g. GB/T 37276; NULL = not stated")
    level: Mapped[str] = mapped_column(Text, doc="as the scheme writes it, e.g. 三级")
    rated_on: Mapped[date | None] = mapped_column(doc="date of the rating")
    rated_in: Mapped[str | None] = mapped_column(
        Text, doc="year or month of the rating where no day is stated: 2024, 2024-12"
    )
    valid_until: Mapped[date | None] = mapped_column(doc="end of its validity")
    issuer: Mapped[str | None] = mapped_column(Text, doc="who rated")


class FacilityPrice(Keyed, Base):
    """A price range for one care level or meal, with its date."""

    __tablename__ = "facility_price"
    __table_args__ = (
        CheckConstraint(
            "coalesce(low, high, -1) >= 0 AND coalesce(low <= high, true)", name="range"
        ),
    )

    facility_id: Mapped[int] = mapped_column(
        ForeignKey("facility.id", ondelete="CASCADE"), index=True
    )
    item: Mapped[str] = mapped_column(
        Text, doc="care level, or lunch, dinner, bath, rental …; general = not told apart"
    )
    low: Mapped[float | None] = mapped_column(
        Numeric(10, 2, asdecimal=False), doc="yuan; NULL = only the high end is stated"
    )
    high: Mapped[float | None] = mapped_column(
        Numeric(10, 2, asdecimal=False), doc="yuan; NULL = only the low end is stated"
    )
    unit: Mapped[str] = mapped_column(Text, doc="month, meal, time, day")
    includes: Mapped[str | None] = mapped_column(Text, doc="what the price includes")
    priced_on: Mapped[date | None] = mapped_column(doc="date of the price")
