"""How do columns of prices and of a rating become the lists that hang on a facility?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.loaders.columns import to_numpy
from geo.loaders.hanging import Hanging
from geo.loaders.prices import ITEM_OF, PRICE_FIELDS
from geo.loaders.ratings import rating_scheme

LISTS = ("prices", "ratings")
"""Columns of the stage."""
_BESIDE_PRICES = ("price_includes", "priced_on")
_BESIDE_LEVEL = ("rating_scheme", "rated_on", "rating_until", "rating_issuer")


def gather(
    values: dict[str, pa.Array], rows: int, heading: str | None
) -> dict[str, NDArray[np.bool_]]:
    """Put the lists `prices` and `ratings` in the place of the columns that they are made of.

    heading: of the column of levels. Answers by field in which rows it says something of a price
    or rating that is not there, so that it can be kept.
    """
    priced = [values.pop(name) for name in PRICE_FIELDS if name in values]
    if priced:
        told = [*priced, *_beside(values, _BESIDE_PRICES, rows)]
        values["prices"] = _each(told, lambda *one: _prices(one[:-2], *one[-2:]))
    levels = [values.pop(name, None) for name in ("ratings", "rating_level")]
    if any(one is not None for one in levels):
        nothing = pa.nulls(rows, pa.string())
        told = [nothing if one is None else one for one in levels]
        told += _beside(values, _BESIDE_LEVEL, rows)
        values["ratings"] = _each(told, lambda *one: _ratings(heading or "", *one))
    left = {}
    for names, found in ((_BESIDE_PRICES, "prices"), (_BESIDE_LEVEL, "ratings")):
        for name in (name for name in names if name in values):
            is_alone = pc.is_valid(values[name])
            if found in values:
                is_alone = pc.and_(is_alone, pc.is_null(values[found]))
            left[name] = to_numpy(is_alone)
    for name in ("price_includes", "rating_scheme", "rating_until", "rating_issuer"):
        values.pop(name, None)
    return left


def hanging_of(fields: set[str]) -> tuple[Hanging, ...]:
    """Of which prices and ratings a delivery with these fields speaks.

    A column of one item speaks of that item's price, 收费标准 of all prices; a rating of the
    scheme that it states.
    """
    items = ", ".join(f"'{ITEM_OF[name]}'" for name in sorted(fields & {*ITEM_OF}))
    prices = Hanging("facility_price", "facility_id")
    if "prices" in fields:
        prices = Hanging("facility_price", "facility_id", "prices")
    elif items:
        prices = Hanging("facility_price", "facility_id", "prices", f"c.item IN ({items})")
    ratings = Hanging("facility_rating", "facility_id")
    if "ratings" in fields:
        ratings = Hanging("facility_rating", "facility_id", "ratings")
    elif "rating_level" in fields:
        same = "c.scheme IS NOT DISTINCT FROM s.ratings -> 0 ->> 'scheme'"
        ratings = Hanging("facility_rating", "facility_id", "ratings", same)
    return prices, ratings


def _beside(values: dict[str, pa.Array], names: Sequence[str], rows: int) -> list[pa.Array]:
    nothing = pa.nulls(rows, pa.string())
    return [pc.cast(values.get(name, nothing), pa.string()) for name in names]


def _each(columns: Sequence[pa.Array], made: Any) -> pa.Array:
    """What is made of each row's texts, once for the same texts."""
    known: dict[tuple[str | None, ...], str | None] = {}
    found = []
    for texts in zip(*(column.to_pylist() for column in columns), strict=True):
        if texts not in known:
            known[texts] = made(*texts)
        found.append(known[texts])
    return pa.array(found, pa.string())


def _prices(lists: Sequence[str | None], includes: str | None, priced_on: str | None) -> str | None:
    """The prices of a row, each once, with what its columns say of all of them."""
    prices: list[dict[str, Any]] = []
    for one in (one for text in lists if text for one in json.loads(text)):
        one["includes"] = one["includes"] or includes
        one["priced_on"] = one["priced_on"] or priced_on
        if one not in prices:
            prices.append(one)
    return json.dumps(prices, ensure_ascii=False) if prices else None


def _ratings(
    heading: str, lists: str | None, level: str | None, scheme: str | None, rated: str | None,
    until: str | None, issuer: str | None,
) -> str | None:  # fmt: skip
    """The ratings of a row."""
    ratings = json.loads(lists) if lists else []
    if level:
        is_day = rated is not None and len(rated) == len("2025-06-30")
        ratings.append({
            "scheme": rating_scheme(scheme, heading), "level": level,
            "rated_on": rated if is_day else None, "rated_in": None if is_day else rated,
            "valid_until": until, "issuer": issuer,
        })  # fmt: skip
    return json.dumps(ratings, ensure_ascii=False) if ratings else None
