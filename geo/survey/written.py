"""How do places and lines of a survey command reach a GeoJSON file?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely
from rich.console import Console

from geo.errors import BadInput, both

MOST_SHOWN = 60
"""Rows of a table on the screen; files hold all."""


def write_features(path: Path, rows: list[tuple[Any, dict[str, Any]]], note: str) -> None:
    """Write geometries in degrees with their properties, and a note for the whole file."""
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(geom), "properties": told}
        for geom, told in rows
    ]
    save_json(path, {"type": "FeatureCollection", "note": note, "features": features})


def save_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document and say so. Raises BadInput where the file cannot be written."""
    try:
        path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise BadInput(
            both(
                f"写不到 {path}：{problem.strerror}。", f"cannot write {path}: {problem.strerror}"
            ),
            parameter="out",
        ) from None
    Console().print(f"已写入 · written: {path}", markup=False, highlight=False, soft_wrap=True)
