"""Do zones, units, lines, markers, estates, projects, demand and names load as facilities do?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import CrsError, DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.factories import make_unit, square

DAY = date(2026, 1, 1)


def geojson(path: Path, rows: list[tuple[Any, dict[str, Any]]]) -> Path:
    """A FeatureCollection of (shape or None, properties)."""
    features = [
        {"type": "Feature", "properties": values,
         "geometry": None if shape is None else json.loads(shapely.to_geojson(shape))}
        for shape, values in rows
    ]  # fmt: skip
    whole = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return path


def load(session: Session, kind: str, path: Path, **options: Any) -> Report:
    options.setdefault("on", DAY)
    return load_delivery(session, kind, path, **options)


def rules(report: Report) -> list[str]:
    return [problem.rule for problem in report.problems]


def fates(report: Report) -> tuple[int, ...]:
    c = report.counts
    return c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused


SIDE = 0.01


def test_zones_are_kept_with_the_division_around_them(session: Session, tmp_path: Path) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    file = geojson(
        tmp_path / "zones.geojson",
        [(square(119.91, 31.71, SIDE), {"名称": "甲片区", "类型": "分析片区", "备注": "一"}),
         (square(119.92, 31.71, SIDE), {"名称": "乙片区", "类型": "分析片区", "备注": None})],
    )  # fmt: skip
    report = load(session, "zones", file)
    assert fates(report) == (2, 2, 0, 0, 0, 0)
    rows = session.execute(
        text("SELECT name, kind, parent_code, extra, lower(validity) FROM planning_zone ORDER BY 1")
    ).all()
    assert [tuple(row) for row in rows] == [
        ("乙片区", "分析片区", "320402000000", None, DAY),
        ("甲片区", "分析片区", "320402000000", {"备注": "一"}, DAY),
    ]
    assert fates(load(session, "zones", file, on=date(2026, 2, 1))) == (2, 0, 0, 0, 2, 0)
