"""What is a result before it is a file: columns of equal length, shapes, and what it rests on?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from geo.access.indicators.counted import AREAS
from geo.access.radius.ground import Source
from geo.access.radius.seen import as_seen
from geo.queries.admin import BELOW, Reader

Value = str | float | int | bool | None
Row = tuple[Mapping[str, Value], BaseGeometry | None]
MARK = "合成"
PEOPLE = "人 people"
NO_SHAPES = "未设审图号，公开导出不含图形。"


@dataclass(frozen=True, slots=True)
class Layer:
    """A result as a table, one shape a row (None where no territory is known), EPSG:4490.

    Columns hold one sort of value each; None is unknown. Every row ends with `unit`, `on_date`,
    `source`, `method`, `is_synthetic`, `mark` (合成 or empty) and `computed_at`, so that a single
    row still says what it rests on after the file is cut up.
    """

    name: str
    title: str
    columns: Mapping[str, Sequence[Value]]
    shapes: Sequence[BaseGeometry | None]
    method: str
    has_synthetic: bool
    on: date

    def without_shapes(self) -> Layer:
        """The same rows, none of them drawn: no map leaves without an approval number."""
        return replace(self, shapes=[None] * len(self.shapes), method=self.method + NO_SHAPES)


def layer_of(
    name: str,
    title: str,
    rows: Iterable[Row],
    *,
    fields: Sequence[str],
    unit: str,
    on: date,
    source: str,
    method: str,
    has_synthetic: bool,
    computed_at: datetime | None = None,
) -> Layer:
    """A layer of rows; a row may state its own `unit`, `source`, `on_date` or `is_synthetic`."""
    kept = list(rows)
    moment = (computed_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    same: dict[str, Value] = {
        "unit": unit, "on_date": on.isoformat(), "source": source, "method": method,
        "is_synthetic": has_synthetic,
    }  # fmt: skip
    columns: dict[str, list[Value]] = {
        field: [row.get(field) for row, _ in kept] for field in fields
    }
    for key, value in same.items():
        columns[key] = [row.get(key, value) for row, _ in kept]
    columns["mark"] = [MARK if made_up else "" for made_up in columns["is_synthetic"]]
    columns["computed_at"] = [moment] * len(kept)
    return Layer(name, title, columns, [shape for _, shape in kept], method, has_synthetic, on)


def sources_in_words(sources: Iterable[Source]) -> str:
    """Each source with what it gave and its date."""
    return "；".join(
        dict.fromkeys(
            f"{s.what}：{s.source or '未知'}（{s.source_date or '日期未知'}，{s.rows} 行）"
            for s in sources
        )
    )


def area_shapes(
    session: Reader, *, city: str, areas: str, on: date, published_only: bool = False
) -> dict[str, BaseGeometry | None]:
    """The territories of a city's areas by code; areas: city, district, township or zone."""
    statement = text(
        f"""WITH RECURSIVE {BELOW}
        SELECT a.code, ST_AsBinary(a.geom) AS wkb FROM ({AREAS[areas]}) AS a"""
    )
    with as_seen(session, published_only=published_only):
        found: list[Any] = list(session.execute(statement, {"code": city, "on": on}))
    return {row.code: None if row.wkb is None else shapely.from_wkb(row.wkb) for row in found}
