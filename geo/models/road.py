"""Which stretches of road join which junctions? For analysis only, never shown to the public."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Double, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Keyed, Sourced, geometry, spatial_indexes


class RoadEdge(Keyed, Sourced, Base):
    """A stretch of road between two junctions of one network; analysis only, not for the public."""

    __tablename__ = "road_edge"
    __table_args__ = (
        CheckConstraint("length_m > 0", name="length"),
        CheckConstraint("stated_length_m > 0", name="stated_length"),
        CheckConstraint("speed_kmh > 0", name="speed"),
        UniqueConstraint("code", "network"),
        *spatial_indexes("road_edge"),
    )

    network: Mapped[str] = mapped_column(
        Text, doc="the data set that the edge belongs to; edges of two data sets share no node"
    )
    code: Mapped[str] = mapped_column(Text, doc="stable within its network, from way and nodes")
    from_node: Mapped[str] = mapped_column(
        Text, doc="junction where the line begins: the source's id, else its coordinates"
    )
    to_node: Mapped[str] = mapped_column(Text, doc="junction where the line ends")
    length_m: Mapped[float] = mapped_column(Double, doc="geodesic length of the line (量算值)")
    stated_length_m: Mapped[float | None] = mapped_column(
        Double, doc="length that the source states"
    )
    road_class: Mapped[str | None] = mapped_column(
        Text, doc="class in the words of OpenStreetMap; several are joined by a semicolon"
    )
    walkable: Mapped[bool | None] = mapped_column(doc="open to people on foot; NULL = unknown")
    drivable: Mapped[bool | None] = mapped_column(doc="open to motor cars; NULL = unknown")
    oneway: Mapped[bool | None] = mapped_column(
        doc="vehicles only from from_node to to_node; NULL = unknown"
    )
    is_steps: Mapped[bool | None] = mapped_column(doc="a flight of steps; NULL = unknown")
    slope: Mapped[float | None] = mapped_column(
        Double, doc="rise over length in the line's direction, 0.05 = 5 %"
    )
    speed_kmh: Mapped[float | None] = mapped_column(Double, doc="permitted speed, km/h")
    name: Mapped[str | None] = mapped_column(Text)
    geom: Mapped[Any] = geometry("LINESTRING", nullable=False)
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB,
        doc="bridge, tunnel, layer … and other columns that are not personal",
        info={"private": True},
    )
