"""Which column of a table is which field of a kind, and which must not be stored?"""

from __future__ import annotations

import re
from collections.abc import Mapping as Mapped

from geo.loaders.fields import (
    ALIASES,
    EXTRA,
    Mapping,
    _settle_axes,
    heading_key,
    holds_persons_below,
    is_idle_claim,
    pinyin_headings,
)
from geo.loaders.personal import is_personal_name
from geo.loaders.tables import LAT, LON, WKT, Table
from geo.loaders.things.spec import Spec

_AXES = ("lon", "lat", "east", "north", "x", "y")
_UNIT = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]\s*$")
_WKT = (WKT, "geom_wkt", "thegeom", "几何", "几何文本")


MOST_PARTS = 200
"""Columns over which the text of one shape may be spread: WKT, WKT_2, WKT_3 …"""


def part_of_wkt(number: int) -> str:
    """The heading of the n-th column of a shape's text."""
    return WKT if number == 1 else f"{WKT}_{number}"


def fields_of(spec: Spec) -> dict[str, tuple[str, ...]]:
    """Every field that a column may be, with its headings: those of the kind, and of the shape."""
    known = {f.name: f.headings for f in spec.fields}
    if spec.shape_types:
        known |= {axis: ALIASES[axis] for axis in _AXES if axis not in known}
        known["wkt"] = _WKT
    return known


def map_headings(table: Table, spec: Spec, given: Mapped[str, str] | None = None) -> Mapping:
    """Tell the columns of a table apart for one kind; the likelier heading wins a field.

    `given` says of some headings which field they are, or `EXTRA`; it wins over every guess.
    """
    given = given or {}
    known = fields_of(spec)
    if WKT in table.columns:
        known |= {f"wkt{n}": (part_of_wkt(n),) for n in range(2, MOST_PARTS + 1)}
    rank = {
        heading_key(alias): (name, order)
        for name, headings in known.items()
        for order, alias in reversed(list(enumerate((*headings, name))))
    }
    unread = [c for c in table.columns if c.isascii() and heading_key(_UNIT.sub("", c)) not in rank]
    sounds = pinyin_headings(known) if unread else {}  # reading them costs most of a second
    counted = {f.name for f in spec.fields if f.is_personal}
    claims: dict[str, list[tuple[int, int]]] = {}
    personal: dict[int, str] = {}
    extra: dict[int, str] = {}
    for index, column in enumerate(table.columns):
        unitless = _UNIT.sub("", column)
        claim = rank.get(heading_key(column)) or rank.get(heading_key(unitless))
        if claim is None and (said := sounds.get(heading_key(unitless))):
            claim = None if is_idle_claim(*said, table, index) else said
        if column in given and (given[column] in counted or not is_personal_name(column)):
            claim = (given[column], -1) if given[column] != EXTRA else None
        if claim is not None and not _repeats_geometry(claim[0], column, table):
            claims.setdefault(claim[0], []).append((claim[1], index))
        elif claim is None and holds_persons_below(table, index):
            personal[index] = column
        else:
            extra[index] = column
    fields = {name: min(claim)[1] for name, claim in claims.items()}
    spare = [index for claim in claims.values() for _, index in sorted(claim)[1:]]
    spare += _settle_axes(fields, table.rows)
    for index in sorted(spare):
        kept_as = personal if holds_persons_below(table, index) else extra
        kept_as[index] = table.columns[index]
    personal |= {at: table.columns[at] for name, at in fields.items() if name in counted}
    return Mapping(fields, personal, extra)


def _repeats_geometry(field: str, column: str, table: Table) -> bool:
    """Whether a column only says again what the file's own geometry says."""
    return table.geometry is not None and field in (*_AXES, "wkt") and column not in (LON, LAT)
