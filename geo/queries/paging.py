"""Where does the next page begin? After the last feature of this one, whatever was written since.

A page is cut by the values that it is ordered by and a unique key, not by a number of rows to
skip: features that are added or taken away in between neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from geo.errors import BadInput, both
from geo.queries.collections import Collection, Property

MOST_KEYS = 4
"""Properties that a question may be sorted by."""
LONGEST_CURSOR = 4_000
_TYPES = {
    "text": "text", "integer": "bigint", "number": "float8", "boolean": "boolean", "day": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A property to sort by; what is unknown comes last either way."""

    by: Property
    is_descending: bool = False

    @property
    def sql(self) -> str:
        """What stands after ORDER BY."""
        return f"{self.by.sql} {'DESC' if self.is_descending else 'ASC'} NULLS LAST"

    @property
    def word(self) -> str:
        """As it is written in `sortby`."""
        return ("-" if self.is_descending else "") + self.by.name


def read_order(text: str, collection: Collection) -> tuple[Order, ...]:
    """The order of `-beds_total,name`. Raises BadInput for what cannot be sorted by."""
    made: list[Order] = []
    for word in text.split(","):
        name = word.removeprefix("-").removeprefix("+").strip()
        found = collection.by_name.get(name)
        if found is None or not found.is_plain or any(found is one.by for one in made):
            raise BadInput(
                both(
                    f"参数 sortby 不能用「{word[:60]}」；可用的见 sortables，各用一次。",
                    f"parameter 'sortby': {word[:60]!r} cannot be sorted by, or comes twice",
                ),
                parameter="sortby",
            )
        made.append(Order(found, word.startswith("-")))
    if len(made) > MOST_KEYS:
        raise BadInput(
            both(f"参数 sortby 最多 {MOST_KEYS} 项。", f"'sortby' takes at most {MOST_KEYS}"),
            parameter="sortby",
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last feature of a page: its key and, where the page is sorted, the values in order.

    `day` is the day that the first page was asked for, so that midnight changes no page.
    """

    key: int
    values: tuple[str | None, ...] = ()
    order: str = ""
    day: date | None = None

    def written(self) -> str:
        """As one word for an address."""
        parts = [self.key, self.order, self.day, *self.values]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")

    def condition(self, order: tuple[Order, ...], key: str) -> tuple[str, dict[str, Any]]:
        """The SQL condition that a row comes after, and its values.

        (a, b, key) after (x, y, k) is: a after x, or a as x and (b after y, or …).
        """
        values: dict[str, Any] = {"after_key": self.key}
        condition = f"{key} > CAST(:after_key AS bigint)"
        for number in reversed(range(len(order))):
            one, value = order[number], self.values[number]
            column = one.by.sql
            if value is None:  # unknown ones come last: nothing but them is left
                condition = f"({column} IS NULL AND {condition})"
                continue
            bound = f"CAST(CAST(:after{number} AS text) AS {_TYPES[one.by.kind]})"
            values[f"after{number}"] = value
            sign = "<" if one.is_descending else ">"
            condition = (
                f"({column} {sign} {bound} OR {column} IS NULL"
                f" OR ({column} = {bound} AND {condition}))"
            )
        return condition, values


def read_cursor(text: str, order: tuple[Order, ...]) -> Cursor:
    """The cursor of a `next` link, for the same order. Raises BadInput for any other word."""
    try:
        if len(text) > LONGEST_CURSOR:
            raise ValueError("too long")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key, said, day, *values = orjson.loads(raw)
        if type(key) is not int or not 0 <= key < 2**63 or said != words(order):
            raise ValueError("of another question")
        if len(values) != len(order):
            raise ValueError("of another order")
        for value, one in zip(values, order, strict=True):
            _fits(value, one.by)
        return Cursor(key, tuple(values), said, None if day is None else date.fromisoformat(day))
    except (ValueError, TypeError, binascii.Error):
        raise BadInput(
            both(
                "参数 cursor 无效，或不属于这一排序；请沿用 next 链接，或从第一页重新开始。",
                "parameter 'cursor' is none of this question: follow `next`, or begin again",
            ),
            parameter="cursor",
        ) from None


def words(order: tuple[Order, ...]) -> str:
    """An order as it is written in `sortby`."""
    return ",".join(one.word for one in order)


def _fits(value: Any, asked: Property) -> None:
    """Raise ValueError or TypeError where a value of a cursor is none of the property's kind."""
    if value is None:
        return
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("no text")
    match asked.kind:
        case "integer":
            if not -(2**63) <= int(value) < 2**63 or not value.isascii() or "_" in value:
                raise ValueError("no bigint")
        case "number":
            if not value.isascii() or "_" in value:
                raise ValueError("no number")
            float(value)
        case "boolean":
            if value not in ("true", "false", "t", "f"):
                raise ValueError("no truth")
        case "day":
            date.fromisoformat(value)
