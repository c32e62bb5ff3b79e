"""What does every reader of a format answer, within which limits, and how does it refuse?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import DeliveryRefused
from geo.loaders.report import Problem
from geo.loaders.storable import storable
from geo.loaders.tables import Row

MAX_BYTES = 512 * 1024 * 1024
MAX_COLUMNS = 500
MAX_CELL = 20_000
MAX_ROWS = 3_000_000
BINARY_TEXT = "utf-8"
"""Encoding of formats whose standard leaves no choice."""


@dataclass(slots=True)
class Draft:
    """A table in the making: what one format's reader found; see `geo.loaders.tables.Table`."""

    columns: list[str]
    rows: Sequence[Row]
    unreadable: list[Problem] = field(default_factory=list)
    encoding: str = BINARY_TEXT
    evidence: str = ""
    crs: str | None = None
    geometry: NDArray[np.object_] | None = None
    layer: str | None = None
    faults: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    crs_by_default: bool = False


def refused(name: str, zh: str, en: str) -> DeliveryRefused:
    """The refusal of a whole file, in both languages, each beginning with the file's name."""
    return DeliveryRefused(f"{name}: {zh}\n{name}: {en}")


def refuse_too_wide(name: str, count: int) -> None:
    """Refuse more columns than any honest table has."""
    if count > MAX_COLUMNS:
        raise refused(
            name,
            f"{count} 列，超过 {MAX_COLUMNS} 列；请只交付需要的列。",
            f"{count} columns are over {MAX_COLUMNS}: deliver only what is needed.",
        )


def refuse_too_long(name: str, count: int) -> None:
    """Refuse more rows than one delivery can be checked with."""
    if count > MAX_ROWS:
        raise refused(
            name,
            f"{count} 行，超过 {MAX_ROWS} 行；请分批交付。",
            f"{count} rows are over {MAX_ROWS}: deliver it in parts.",
        )


def oversized(number: int, columns: list[str], cells: list[str]) -> Problem | None:
    """Why a row is unreadable because one of its cells is longer than any honest one."""
    if max(map(len, cells), default=0) <= MAX_CELL:
        return None
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > MAX_CELL:
            return Problem(
                number, column[:80], None, "cell_size",
                f"单元格有 {len(cell)} 个字符，超过 {MAX_CELL} · longer than {MAX_CELL} characters",
            )  # fmt: skip
    return None


def text_of(value: Any) -> str:
    """A typed value as the text that a person would have written; nothing is rounded.

    Whole numbers have no decimal point and no number has an exponent; dates are ISO 8601.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    if isinstance(value, datetime):
        return str(value.date() if value.timetz() == time(0) else value.isoformat(" "))
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return storable(json.dumps(value, ensure_ascii=False, default=text_of))
    return storable(str(value))


def number_text(value: float) -> str:
    """The shortest digits that mean exactly this number, without an exponent."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return f"{Decimal(repr(value)):f}"
