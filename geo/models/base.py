"""What do all stored rows share? Naming, CRS, validity, provenance and a row version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Constraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

STORED_SRID = 4490
"""CGCS2000, longitude and latitude in degrees: the one CRS of every stored geometry."""

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Base(DeclarativeBase):
    """Every table of the house; tables live in the schema that `search_path` names first."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


# One sequence for all tables: a row's version orders writes across tables (If-Match, audit, tiles).
row_version_seq: Sequence = Sequence("row_version_seq", metadata=Base.metadata)


def geometry(kind: str, *, nullable: bool = True, doc: str | None = None) -> Mapped[Any]:
    """A geometry column in the stored CRS; its index is declared with `spatial_indexes`."""
    return mapped_column(
        Geometry(kind, srid=STORED_SRID, spatial_index=False), nullable=nullable, doc=doc
    )


def spatial_indexes(table: str, *, geography: bool = False, column: str = "geom") -> list[Index]:
    """A GiST index on the geometry and, for distances in metres, one on its geography."""
    made = [Index(f"ix_{table}_{column}", column, postgresql_using="gist")]
    if geography:
        expression = text(f"({column}::geography)")
        made.append(Index(f"ix_{table}_{column}_geog", expression, postgresql_using="gist"))
    return made


def versions_by(table: str, key: str) -> list[Constraint | Index]:
    """Forbids two versions of one key on the same day, and ranges that no calendar day answers.

    An empty range overlaps nothing and would escape the first rule; days outside the years 1 to
    9999 and infinite ones cannot be read as dates. The rule's index begins with a number made of
    the key: GiST inserts texts many times slower. The key in it is an expression, so that reading
    by key uses the b-tree and not the rule, whose order does not help.
    """
    calendar = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    return [
        ExcludeConstraint(
            (text(f"hashtextextended({key}, 0)"), "="), (text(f"({key} || '')"), "="),
            ("validity", "&&"),
            name=f"ex_{table}_validity", using="gist",
        ),
        CheckConstraint(
            "NOT isempty(validity)"
            f" AND coalesce(lower(validity), DATE '2000-01-01') {calendar}"
            f" AND coalesce(upper(validity), DATE '2000-01-01') {calendar}",
            name="validity",
        ),
        Index(f"ix_{table}_{key}", key),
    ]  # fmt: skip


class Keyed:
    """A surrogate key, and the row version that grows with every write."""

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(), primary_key=True, sort_order=-10, doc="surrogate key"
    )
    row_version: Mapped[int] = mapped_column(
        BigInteger,
        server_default=text("nextval('row_version_seq')"),
        sort_order=90,
        doc="version of the row, from one sequence; grows with every write",
    )


class Versioned:
    """A row that is true during a half-open range of days."""

    validity: Mapped[Range[date]] = mapped_column(
        DATERANGE,
        server_default=text("'[,)'::daterange"),
        sort_order=80,
        doc="days on which this version is in force, half-open; an open end is unknown or lasting",
    )
    public_validity: Mapped[Range[date] | None] = mapped_column(
        DATERANGE,
        sort_order=80,
        doc="days for which the public is shown this version where they differ from `validity`: "
        "a version that is not published takes nothing off the public map",
        info={"private": True},
    )
    validity_note: Mapped[str | None] = mapped_column(
        Text, sort_order=81, doc="what is not known about the dates"
    )


class Sourced:
    """Where a row comes from; synthetic rows say so in columns."""

    source: Mapped[str | None] = mapped_column(Text, sort_order=82, doc="where the facts come from")
    source_date: Mapped[date | None] = mapped_column(
        sort_order=83, doc="date of the source, or on which the row was generated"
    )
    is_synthetic: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), sort_order=84, doc="made up for demonstration"
    )
    method: Mapped[str | None] = mapped_column(
        Text, sort_order=85, doc="how a synthetic or derived row was made"
    )
    seed: Mapped[int | None] = mapped_column(
        Integer, sort_order=86, doc="seed of the generator of a synthetic row"
    )
    is_published: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), sort_order=87, doc="the public may read the row"
    )

    @declared_attr
    @classmethod
    def delivery_id(cls) -> Mapped[int | None]:
        """The delivery that brought the row."""
        return mapped_column(
            ForeignKey("delivery.id"),
            index=True,
            sort_order=88,
            doc="delivery that brought the row",
            info={"private": True},
        )


__all__ = [
    "STORED_SRID",
    "Base",
    "Keyed",
    "Sourced",
    "Versioned",
    "WKBElement",
    "geometry",
    "row_version_seq",
    "spatial_indexes",
    "versions_by",
]
