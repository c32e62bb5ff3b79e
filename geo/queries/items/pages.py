"""What is on a page of features, where does the next begin, how many are there, which is one?

The texts that PostGIS made are handed on as bytes, never decoded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from geo.db.plain import rows_of
from geo.errors import NotFound, both
from geo.queries.collections import Days
from geo.queries.items.question import Question
from geo.queries.items.statements import (
    COUNTED,
    count_statement,
    explain_statement,
    item_statement,
    page_statement,
)
from geo.queries.moments import When
from geo.queries.paging import Cursor, words
from geo.validity import today_in_china

USUAL_LIMITS = frozenset({10, 100, 500, 1_000, 5_000, 10_000})
# Only a snapshot without writers under way (its two ends are one) is sure to tell what is visible,
# also on a standby, where those under way are not listed.
_QUIET = re.compile(rb".* (\d+):(\d+):$", re.DOTALL)
_VERSION = re.compile(r"(.+)@(\d{4}-\d{2}-\d{2}|\.\.)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of features as JSON texts.

    `matched` counts all that the question means, on every page; `is_estimate`: not counted, but
    estimated. `next`: where the next page begins, None on the last one.
    """

    features: list[bytes]
    matched: int
    is_estimate: bool
    next: Cursor | None
    has_synthetic: bool


def page(
    reader: Connection, asked: Question, limit: int, after: Cursor | None = None, skip: int = 0
) -> Page:
    """The features after a cursor or after the first `skip`, at most `limit` (from 1), and how many
    there are in all."""
    shape = asked.shape
    _, values = asked.conditions()
    condition = None
    if after is not None:
        condition, more = after.condition(asked.order, asked.collection.key)
        values |= more
    elif skip:
        values["skip"] = skip
    values["limit"] = limit + 1
    fixed = _fixed(values, limit)
    statement = page_statement(shape, condition, fixed, skips=skip > 0 and after is None)
    rows = rows_of(reader, statement, values)
    number = min(rows.ntuples, limit)
    value = rows.get_value
    features = [value(at, 0) for at in range(number)]
    has_synthetic = any(value(at, 1) == b"t" for at in range(number))
    following = None
    if rows.ntuples > limit:
        last = number - 1
        keys = [value(last, 4 + at) for at in range(len(asked.order))]
        following = Cursor(
            int(value(last, 2)),
            tuple(None if key is None else key.decode() for key in keys),
            words(asked.order),
            asked.when.since if not asked.when.is_interval else None,
        )
    snapshot = value(0, 3) if number else b""
    if after is None and following is None and not skip:
        return Page(features, number, False, None, has_synthetic)
    matched, is_estimate = count(reader, asked, snapshot)
    return Page(features, matched, is_estimate, following, has_synthetic)


def _fixed(values: dict[str, Any], limit: int) -> tuple[tuple[str, int | date], ...]:
    """What stands in the statement itself: today, and a usual limit.

    A plan made without knowing them is never good enough for the server, which would plan anew at
    each request; that takes three times as long as reading ten features.
    """
    found: list[tuple[str, int | date]] = []
    if values.get("on") == today_in_china():
        found.append(("on", values["on"]))
    if limit in USUAL_LIMITS:
        found.append(("limit", values["limit"]))
    return tuple(found)


_counts: dict[Any, tuple[int, bool, bytes]] = {}
"""Question → number and the snapshot in which it was counted; asked for anew once that moved."""
_MOST_COUNTS = 1_000


def count(reader: Connection, asked: Question, snapshot: bytes = b"") -> tuple[int, bool]:
    """How many features a question means, and whether that is an estimate.

    `snapshot` is what a statement just saw: a number that was counted in the same one is exact.
    """
    shape = asked.shape
    _, values = asked.conditions()
    key = (reader.engine, shape.collection.id, shape.conditions, _frozen(values))
    known = _counts.get(key)
    if known is not None and known[2] == snapshot:
        return known[0], known[1]
    row = reader.exec_driver_sql(count_statement(shape), values).one()
    found, seen = int(row[0]), str(row[1]).encode()
    is_estimate = found > COUNTED
    if is_estimate:
        plan = reader.exec_driver_sql(explain_statement(shape), values).scalar_one()
        read = json.loads(plan) if isinstance(plan, str) else plan
        found = max(found, int(read[0]["Plan"]["Plan Rows"]))
    quiet = _QUIET.fullmatch(seen)
    if quiet and quiet[1] == quiet[2]:
        if len(_counts) >= _MOST_COUNTS:
            _counts.clear()
        _counts[key] = (found, is_estimate, seen)
    return found, is_estimate


def _frozen(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in sorted(values.items()))


@dataclass(frozen=True, slots=True)
class Item:
    """One feature as JSON text, with its row version."""

    feature: bytes
    version: int


def item(reader: Connection, asked: Question, id: str) -> Item:
    """One feature by its id: a code on the day of the question, or `code@2014-05-01`, the version
    that begins on that day (`..`: unknown). Raises NotFound."""
    whole = _VERSION.fullmatch(id) if isinstance(asked.collection.time, Days) else None
    shape = asked.shape
    _, values = asked.conditions()
    if whole:
        begins = None if whole[2] == ".." else _day(whole[2])
        shape = Question(
            asked.collection, When(None, None, True), crs=asked.crs, properties=asked.properties,
            with_geometry=asked.with_geometry, division=asked.division,
        ).shape  # fmt: skip
        values = {name: value for name, value in values.items() if name != "on"}
        values |= {"id": whole[1], "begins": begins}
    else:
        values["id"] = id
    fits = "\0" not in id and (asked.collection.identity == "t.code" or _is_number(id))
    row = None
    if fits:
        row = reader.exec_driver_sql(item_statement(shape, bool(whole)), values).one_or_none()
    if row is None:
        raise NotFound(
            both(
                f"集合 {asked.collection.id} 在所问日期没有标识为「{id[:60]}」的要素。",
                f"no feature {id[:60]!r} of {asked.collection.id} is in force on that day",
            )
        )
    return Item(str(row[0]).encode(), int(row[1]))


def _is_number(id: str) -> bool:
    return id.isascii() and id.isdigit() and len(id) <= 18


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise NotFound(both("没有这一日期的版本。", "no version begins on such a day")) from None
