"""In which one form do the rows of any delivered file reach the loader?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.loaders.report import Problem

LON, LAT = "geometry.lon", "geometry.lat"
"""Columns that the points of a file with geometry fill; no property can be mistaken for them."""
WKT = "WKT"
"""Column of a shape as text, in the axes and CRS of the file."""
HEIGHT = "geometry.height"
"""Column of heights, in the file's unit: one number, or the lowest and highest of a shape."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its number in the file (1 = first) and its cells, one per column."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as text, and those that could not even be read as rows.

    `geometry` holds one shapely geometry (2D, in the file's own axes and CRS) or None per row, in
    the order of `rows`; it is None when the file has no geometry column. Files of points also fill
    the cells `LON` and `LAT` as text. `faults` says by row number why a geometry is None though
    one was delivered. `layer` is the layer or sheet that was read, `notes` what a reader of the
    report should know of the reading, and `titles` the text above the heading (it may name
    persons: it is looked at for a mark of secrecy and never shown or stored).
    """

    columns: list[str]
    rows: Sequence[Row]
    unreadable: list[Problem]
    encoding: str
    evidence: str
    crs: str | None
    sha256: str
    size_bytes: int
    geometry: NDArray[np.object_] | None = None
    layer: str | None = None
    format: str = ""
    faults: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
