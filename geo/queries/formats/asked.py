"""What is to be written to a file: which features, how many are they, and what do they rest on?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from geo.queries.collections import Collection, Property
from geo.queries.items import Question
from geo.queries.items.statements import written

PATIENCE_S = 600
"""Longest that the database works on one file, in seconds."""
MARK = "合成"
MOST_SOURCES = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """The features of a question as a file; `about` says what has to stand beside them.

    limit: at most so many; None: all. Its area, filter and order count, its CRS does not.
    """

    question: Question
    limit: int | None = None
    about: str = ""

    @property
    def collection(self) -> Collection:
        """The collection that the features are of."""
        return self.question.collection

    @property
    def columns(self) -> tuple[Property, ...]:
        """The properties that leave: those wanted, always with source and synthetic flag."""
        known = self.collection.by_name
        names = self.question.properties or tuple(known)
        return tuple(known[name] for name in dict.fromkeys((*names, "source", "is_synthetic")))

    @property
    def geom(self) -> str:
        """SQL of the shape; NULL where none is wanted."""
        return self.collection.geom if self.question.with_geometry else "NULL::geometry"

    def rows(self, *, in_order: bool = True) -> tuple[str, dict[str, Any]]:
        """SQL from FROM to LIMIT with `:names`, and the values that they bind."""
        conditions, values = self.question.conditions()
        keys = ", ".join([*(one.sql for one in self.question.order), self.collection.key])
        order = f" ORDER BY {keys}" if in_order or self.limit is not None else ""
        limit = "" if self.limit is None else " LIMIT :limit"
        if self.limit is not None:
            values["limit"] = self.limit
        where = " AND ".join(conditions) or "true"
        return f"FROM {self.collection.source} WHERE {where}{order}{limit}", values


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of all the rows before they are written."""

    rows: int
    without_shape: int
    has_synthetic: bool
    sources: tuple[str, ...]
    first_day: date | None
    last_day: date | None

    def lines(self, wanted: Wanted) -> dict[str, str]:
        """What a file says of itself, by name: title, source, synthetic data, approval."""
        one = wanted.collection
        days = "" if self.last_day is None else f"{self.first_day} – {self.last_day}"
        return {
            "title": f"{one.zh} · {one.en}",
            "description": f"{one.about_zh} {one.about_en}",
            "source": "；".join(self.sources) or "未知 · unknown",
            "source_dates": days or "未知 · unknown",
            "has_synthetic": str(self.has_synthetic).lower(),
            "synthetic": "含合成数据 · holds made-up data" if self.has_synthetic else "",
            "note": wanted.about,
            "crs": "EPSG:4490 (CGCS2000), lon lat",
        }


@contextmanager
def one_view(connection: Connection) -> Iterator[psycopg.Connection[Any]]:
    """The driver's connection inside one transaction that sees one state of the data."""
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    patience = f"SET LOCAL statement_timeout = '{PATIENCE_S}s'"
    if driver.info.transaction_status != TransactionStatus.IDLE:
        driver.execute(begin)
        driver.execute(patience)
        yield driver
        return
    with driver.transaction():
        driver.execute(begin)
        driver.execute(patience)
        yield driver


def told(driver: psycopg.Connection[Any], wanted: Wanted) -> Told:
    """Count the rows and gather what they rest on."""
    rows, values = wanted.rows(in_order=False)
    statement = written(f"""SELECT count(*), count(*) FILTER (WHERE r.g IS NULL),
        coalesce(bool_or(r.s), false),
        (array_agg(DISTINCT r.o) FILTER (WHERE r.o IS NOT NULL))[1:{MOST_SOURCES}],
        min(r.d), max(r.d)
    FROM (SELECT {wanted.geom} AS g, t.is_synthetic AS s, t.source AS o, t.source_date AS d
          {rows}) AS r""")
    found = driver.execute(statement, values).fetchone()
    assert found is not None
    return Told(found[0], found[1], found[2], tuple(found[3] or ()), found[4], found[5])
