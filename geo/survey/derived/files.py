"""Which areas or boundary lines does a delivered file hold, to be looked at and not stored?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from geo.errors import BadInput, both
from geo.loaders.personal import safe_file_name
from geo.loaders.reading import read_table
from geo.loaders.register import refuse_marked
from geo.loaders.secrecy import refuse_secret
from geo.loaders.shapes import move_to_stored
from geo.loaders.tables import Table
from geo.loaders.things.admin_units import ADMIN_UNITS
from geo.loaders.things.boundary import BOUNDARY_LINES
from geo.loaders.things.headings import map_headings
from geo.loaders.things.spec import Spec
from geo.survey.topology.units import Shapes, Units, make_units

_AREAS, _LINES = (3, 6), (1, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Delivered:
    """What a file holds: units, or lines with their names and sides; and how it was read.

    crs: of the file, or as stated; left_off: rows without a shape of the kind that the file holds.
    """

    units: Units | None
    lines: Shapes | None
    names: tuple[str, ...]
    left: tuple[str | None, ...]
    right: tuple[str | None, ...]
    crs: str
    left_off: int


def read_coverage(
    path: Path, *, crs: str | None = None, level: int = 3, layer: str | None = None
) -> Delivered:
    """Read areas or boundary lines from a file of any format that is loaded (GeoJSON, zip, …).

    crs: as for `atlas load`; default what the file states. Rows without a code get their row number
    as one. Raises DeliveryRefused, CrsError, and BadInput for a file without areas or lines.
    """
    refuse_secret("unknown", path)
    table = read_table(path, layer)
    refuse_marked(table)
    name = safe_file_name(path.name)
    if table.geometry is None:
        raise _no_shapes(name)
    given = crs or table.crs
    if given is None:
        raise BadInput(
            both(f"{name} 没有写明坐标系，请用 --crs 说明。", f"{name} states no CRS: give --crs"),
            parameter="crs",
        )
    kinds = shapely.get_type_id(table.geometry)
    is_area = bool(np.isin(kinds, _AREAS).any())
    there = np.flatnonzero(np.isin(kinds, _AREAS if is_area else _LINES)).tolist()
    if not there:
        raise _no_shapes(name)
    shapes = move_to_stored(table.geometry[there], given).shapes
    left_off = len(table.rows) - len(there)
    numbers = [f"#{table.rows[i].number}" for i in there]
    if is_area:
        words = _cells(table, ADMIN_UNITS, there, ("code", "name"))
        codes = [code or number for code, number in zip(words[0], numbers, strict=True)]
        named = [name or code for name, code in zip(words[1], codes, strict=True)]
        return Delivered(
            make_units(codes, named, level, shapes), None, tuple(named), (), (), given, left_off
        )
    words = _cells(table, BOUNDARY_LINES, there, ("code", "name", "left_code", "right_code"))
    named = [n or c or number for c, n, number in zip(*words[:2], numbers, strict=True)]
    sides = [tuple(cell or None for cell in row) for row in words[2:]]
    return Delivered(None, shapes, tuple(named), sides[0], sides[1], given, left_off)


def _cells(table: Table, spec: Spec, there: list[int], fields: tuple[str, ...]) -> list[list[str]]:
    """The cells of some fields in the chosen rows, '' where the file has no such column."""
    columns = map_headings(table, spec).fields
    return [
        [table.rows[i].cells[columns[field]].strip() if field in columns else "" for i in there]
        for field in fields
    ]


def _no_shapes(name: str) -> BadInput:
    return BadInput(
        both(f"{name} 里没有面或线。", f"there are no areas or lines in {name}"), parameter="file"
    )
