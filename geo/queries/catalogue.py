"""What is there to know of a collection as a whole: extent, days, sources, licences?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from geo.models import Base
from geo.queries.admin import Reader
from geo.queries.collections import Collection, Days, Years
from geo.queries.moments import When

KEPT_S = 10.0
"""For how long facts about a collection are told again without asking the database."""
MOST_SOURCES = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of features: its words, the date of its latest, how many come from it."""

    source: str | None
    latest: date | None
    features: int
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a collection holds over all days. None is unknown or open."""

    bbox: tuple[float, float, float, float] | None
    since: date | None
    until: date | None
    origins: tuple[Origin, ...]

    @property
    def has_synthetic(self) -> bool:
        """Whether any feature is made up."""
        return any(one.is_synthetic for one in self.origins)

    def meets(self, boxes: tuple[tuple[float, float, float, float], ...]) -> bool:
        """Whether the extent, where it is known, meets one of some boxes."""
        if self.bbox is None:
            return False
        west, south, east, north = self.bbox
        return any(w <= east and e >= west and s <= north and n >= south for w, s, e, n in boxes)

    def was(self, when: When) -> bool:
        """Whether the days meet a day or an interval; unknown ends are open."""
        return (when.until is None or self.since is None or self.since <= when.until) and (
            when.since is None or self.until is None or self.until >= when.since
        )

    @property
    def latest(self) -> date | None:
        """The date of the latest source."""
        return max((one.latest for one in self.origins if one.latest), default=None)


_kept: dict[tuple[Any, str], tuple[float, Facts]] = {}


def facts(reader: Connection, collection: Collection) -> Facts:
    """The extent, days and sources of the features that the reader may see."""
    key = (reader.engine.url, collection.id)
    known = _kept.get(key)
    if known is not None and time.monotonic() - known[0] < KEPT_S:
        return known[1]
    found = _facts(reader, collection)
    _kept[key] = (time.monotonic(), found)
    return found


def _facts(reader: Reader, collection: Collection) -> Facts:
    since, until = _ends(collection)
    row = reader.execute(
        text(f"""SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b), since, until
        FROM (SELECT ST_Extent({collection.geom}) AS b, {since} AS since, {until} AS until
              FROM {collection.source}) AS whole""")
    ).one()
    origins = reader.execute(
        text(f"""SELECT t.source, max(t.source_date), count(*), bool_or(t.is_synthetic)
        FROM {collection.source} GROUP BY t.source ORDER BY count(*) DESC, t.source
        LIMIT {MOST_SOURCES}""")
    )
    west, south, east, north, first, last = row
    return Facts(
        None if west is None else (west, south, east, north), first, last,
        tuple(Origin(*one) for one in origins),
    )  # fmt: skip


def _ends(collection: Collection) -> tuple[str, str]:
    """SQL of the first and last day; an end that is open in any feature is open."""
    match collection.time:
        case Days(sql):
            return (
                f"CASE WHEN NOT bool_or(lower_inf({sql})) THEN min(lower({sql})) END",
                f"CASE WHEN NOT bool_or(upper_inf({sql})) THEN max(upper({sql})) - 1 END",
            )
        case Years(first, _):
            year = f"min({first})"
            return f"CASE WHEN {year} BETWEEN 1 AND 9999 THEN make_date({year}, 1, 1) END", (
                "CAST(NULL AS date)"
            )
        case _:
            return "CAST(NULL AS date)", "CAST(NULL AS date)"


def licences(owner: Reader, collection: Collection) -> tuple[str, ...]:
    """The licences of the public deliveries that brought published rows of a collection.

    Deliveries are for staff; what is told of them here is public.
    """
    table = next(
        name for name in (*collection.tables,)
        if "delivery_id" in Base.metadata.tables[name].c
    )  # fmt: skip
    found = owner.execute(
        text(f"""SELECT DISTINCT d.licence FROM delivery d
        WHERE d.licence IS NOT NULL AND d.secrecy = 'public'
          AND EXISTS (SELECT FROM {table} t WHERE t.delivery_id = d.id AND t.is_published)
        ORDER BY 1""")
    )
    return tuple(found.scalars())
