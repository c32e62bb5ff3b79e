"""What is there to know of a collection of features, and how is it declared in few words?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "number", "boolean", "day", "texts", "object", "objects"]
LINE_DIGITS, POINT_DIGITS = 6, 7


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a feature: its name, kind, titles and the SQL that gives it.

    in_lists: whether a page of features gives it unasked. What has to be looked up for each row
    would double the time of a page; one feature, a file and `properties=` give it all the same.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    sql: str
    in_lists: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether it can be compared and sorted by: lists and objects cannot."""
        return self.kind != "texts" and not self.is_nested

    @property
    def is_nested(self) -> bool:
        """Whether it has parts of its own, and so is no column of a table and no question."""
        return self.kind in ("object", "objects")


@dataclass(frozen=True, slots=True)
class Days:
    """Features are true during a half-open range of days."""

    sql: str = "t.validity"


@dataclass(frozen=True, slots=True)
class Years:
    """Features are true from a first to a last year, both of them inside; NULL is unknown."""

    first: str
    last: str | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of features.

    source: what follows FROM; the alias `t` has `is_synthetic`, `source`, `source_date`.
    key: SQL of a bigint that is unique, indexed and grows: the order of paging.
    identity, lookup: SQL of a feature's id as text, and the condition that finds it by `:id`.
    geom: SQL of the geometry, an indexed column in EPSG:4490. version: SQL of the row version.
    layer: the map layer of `geo.approvals` whose 审图号 it needs, None where it needs none.
    divisions: SQL of the division codes of a feature, for tokens that are limited to one.
    tables: tables whose rows decide what is in it; the first one holds the geometry.
    """

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    source: str
    tables: tuple[str, ...]
    properties: tuple[Property, ...]
    geometry: Literal["Point", "MultiLineString", "MultiPolygon", "Geometry", "LineString"]
    key: str = "t.id"
    identity: str = "t.code"
    lookup: str = "t.code = :id"
    geom: str = "t.geom"
    version: str = "t.row_version"
    time: Days | Years | None = field(default_factory=Days)
    layer: str | None = None
    divisions: tuple[str, ...] = ("t.admin_code",)
    digits: int = POINT_DIGITS
    keywords: tuple[str, ...] = ()

    @property
    def by_name(self) -> dict[str, Property]:
        """Its properties by name."""
        return {one.name: one for one in self.properties}


def columns(alias: str, *lines: str) -> tuple[Property, ...]:
    """Properties from lines `name kind zh|en` that are columns of an alias."""
    made = []
    for line in lines:
        name, kind, titles = line.split(" ", 2)
        zh, en = titles.split("|")
        made.append(Property(name, kind, zh, en, f"{alias}.{name}"))  # type: ignore[arg-type]
    return tuple(made)


SPAN = (
    Property("valid_from", "day", "起始日期", "in force from", "lower(t.validity)"),
    Property("valid_until", "day", "终止日期（不含）", "in force until, not included",
             "upper(t.validity)"),
)  # fmt: skip
SOURCED = columns(
    "t", "source text 来源|source", "source_date day 来源日期|date of the source",
    "is_synthetic boolean 合成数据|made up for demonstration",
    "method text 方法|how it was made",
)  # fmt: skip
