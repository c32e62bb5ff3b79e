"""How many elders live where, counted how?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Double, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, geometry, spatial_indexes

BASES = ("resident", "registered")


class DemandCell(Keyed, Sourced, Base):
    """People in a cell, which is its representative point; bases are never mixed in one ratio."""

    __tablename__ = "demand_cell"
    __table_args__ = (
        CheckConstraint(f"basis IN {BASES}", name="basis"),
        CheckConstraint("people_total >= people_60 AND people_60 >= people_65", name="ages"),
        CheckConstraint("people_65 >= people_80 AND people_80 >= 0", name="oldest"),
        UniqueConstraint("code", "basis", "base_year", "projection"),
        Index("ix_demand_cell_admin_code", "admin_code"),
        *spatial_indexes("demand_cell", geography=True),
    )

    code: Mapped[str] = mapped_column(Text, doc="cell code, stable within its grid")
    admin_code: Mapped[str | None] = mapped_column(Text, doc="county-level division of the point")
    geom: Mapped[Any] = geometry("POINT", nullable=False, doc="representative point")
    area: Mapped[Any] = geometry("POLYGON", doc="the cell itself, where it has a shape")
    people_total: Mapped[float | None] = mapped_column(Double)
    people_60: Mapped[float] = mapped_column(Double, doc="people aged 60 and over")
    people_65: Mapped[float | None] = mapped_column(Double)
    people_80: Mapped[float | None] = mapped_column(Double)
    disabled_est: Mapped[float | None] = mapped_column(Double, doc="失能, estimated")
    alone_est: Mapped[float | None] = mapped_column(Double, doc="独居, estimated")
    basis: Mapped[str] = mapped_column(Text, doc="resident 常住 or registered 户籍")
    base_year: Mapped[int] = mapped_column(SmallInteger)
    projection: Mapped[str] = mapped_column(
        Text, server_default="none", doc="projection variant; none = as counted"
    )
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, doc="unknown columns of the delivery that are not personal", info={"private": True}
    )
