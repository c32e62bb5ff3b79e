"""In which formats do the features of a collection leave as files, however many they are?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from sqlalchemy import Connection

from geo.queries.formats import files, sheets, texts
from geo.queries.formats.asked import Told, Wanted, one_view, told

__all__ = ["FORMATS", "Format", "Told", "Wanted", "stream", "whole_file"]

Text = Callable[[psycopg.Connection[Any], Wanted, Told], Generator[bytes]]
File = Callable[[psycopg.Connection[Any], Wanted, Told, Path], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: media type, ending, and what writes it, as a stream of text or as a file."""

    media: str
    ending: str
    text: Text | None = None
    file: File | None = None


FORMATS = {
    "geojson-file": Format("application/geo+json", ".geojson", text=texts.geojson),
    "geojsonseq": Format("application/geo+json-seq", ".geojsons", text=texts.geojson_sequence),
    "csv": Format("text/csv; charset=utf-8", ".csv", text=texts.as_csv),
    "fgb": Format("application/flatgeobuf", ".fgb", file=files.flatgeobuf),
    "gpkg": Format("application/geopackage+sqlite3", ".gpkg", file=files.geopackage),
    "parquet": Format("application/vnd.apache.parquet", ".parquet", file=files.parquet),
    "kml": Format("application/vnd.google-earth.kml+xml", ".kml", file=files.kml),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx",
        file=sheets.xlsx,
    ),
}  # fmt: skip
"""Word of `f` → format."""


def stream(connection: Connection, wanted: Wanted, format: Format) -> Generator[bytes]:
    """The features as pieces of text while they are read; close the generator to end it early.

    `format.text` is given. The connection belongs to the generator until it ends.
    """
    assert format.text is not None
    with (
        one_view(connection) as driver,
        closing(format.text(driver, wanted, told(driver, wanted))) as parts,
    ):
        yield from parts


def whole_file(connection: Connection, wanted: Wanted, format: Format) -> IO[bytes]:
    """The features as an open file that has no name any more: closing it frees the disk.

    `format.file` is given. Raises BadInput where the format cannot hold them.
    """
    assert format.file is not None
    with tempfile.TemporaryDirectory(prefix="atlas-export-") as folder:
        path = Path(folder) / f"{wanted.collection.id}{format.ending}"
        with one_view(connection) as driver:
            format.file(driver, wanted, told(driver, wanted), path)
        return path.open("rb")
