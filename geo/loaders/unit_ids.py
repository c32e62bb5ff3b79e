"""Which divisions do the ids in a file mean, by what other files of the delivery say?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo.errors import GeoError
from geo.loaders.columns import column_of
from geo.loaders.fields import claims_of
from geo.loaders.reading import read_table
from geo.loaders.tables import Table

LARGEST_BYTES = 64 * 1024 * 1024
"""Larger files are not read twice for this."""
_ID = re.compile(r"[0-9A-Za-z_-]{4,40}")
_HAN = re.compile(r"[一-鿿]")

UnitIds = Mapping[str, str]
"""The name of a division by an id of the delivery."""


def unit_ids(files: Sequence[Path], layer: str | None = None) -> UnitIds:
    """What the files say of ids: a column of ids beside one that names the division of each row.

    An id counts where all its rows, in all files, name one and the same division, and there are
    two of them at least. Files that cannot be read say nothing here.
    """
    named: dict[str, list[str]] = {}
    for path in files:
        if path.is_file() and path.stat().st_size <= LARGEST_BYTES:
            try:
                table = read_table(path, layer)
            except GeoError:
                continue
            for key, units in _pairs(table).items():
                named.setdefault(key, []).extend(units)
    return {
        key: units[0] for key, units in named.items() if len(units) > 1 and len(set(units)) == 1
    }


def _pairs(table: Table) -> dict[str, list[str]]:
    """The divisions beside every id of a table."""
    words = [
        cells for cells in _columns(table, division_columns(table.columns))
        if sum(bool(_HAN.search(cell)) for cell in cells) * 2 > len(cells)
    ][:1]  # fmt: skip
    found: dict[str, list[str]] = {}
    for units in words:
        for cells in _columns(table, range(len(table.columns))):
            distinct = set(cells) - {""}
            # A column of ids of divisions repeats them; one of ids of rows does not.
            if not 1 < len(distinct) <= len(cells) / 2 or not all(map(_ID.fullmatch, distinct)):
                continue
            for key, unit in zip(cells, units, strict=True):
                if key and unit:
                    found.setdefault(key, []).append(unit)
    return found


def _columns(table: Table, places: Sequence[int]) -> list[list[str]]:
    return [[cell.strip() for cell in column_of(table.rows, at).to_pylist()] for at in places]


def division_columns(columns: Sequence[str]) -> list[int]:
    """The columns whose heading speaks of the division of a row."""
    claims = claims_of(columns)
    return [at for at, claim in enumerate(claims) if claim and claim[0] == "stated_unit"]
