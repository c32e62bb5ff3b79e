"""Does township-level coverage hold on Beijing's 331 real polygons, with all their faults?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import shape
from sqlalchemy.orm import Session

from geo.access.coverage import coverage_of
from geo.access.gaps import gaps_of
from geo.errors import BadInput
from tests.factories import make_cell, make_facility

FILE = (
    Path(__file__).resolve().parents[3]
    / "shared/acceptance/townships/beijing_331_wgs84_raw.geojson"
)
TODAY = date(2026, 6, 1)
GRS80 = Geod(ellps="GRS80")

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FILE.exists(), reason=f"not there: {FILE.name} (acceptance data)"),
]


@pytest.fixture(scope="module")
def raw() -> list[tuple[str, str, shapely.Geometry]]:
    """Code (the row's number: names repeat), name and polygon as delivered."""
    features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
    return [
        (f"{number:03d}", feature["properties"]["name"], shape(feature["geometry"]))
        for number, feature in enumerate(features)
    ]


@pytest.fixture(scope="module")
def mended(raw) -> list[tuple[str, str, shapely.Geometry]]:
    """The same with broken rings mended; lines that mending leaves behind fall away."""
    made = []
    for code, name, polygon in raw:
        parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(polygon)))
        kept = [part for part in parts if part.geom_type == "Polygon"]
        made.append((code, name, shapely.MultiPolygon(kept)))
    return made


def test_broken_polygons_are_refused_by_name(session: Session, raw) -> None:
    with pytest.raises(BadInput, match="no valid polygon"):
        coverage_of(session, raw, kind="canteen", radius_m=500, on=TODAY)


def test_every_person_counts_once_in_spite_of_overlaps(session: Session, mended) -> None:
    assert len(mended) == 331
    assert len({name for _, name, _ in mended}) < 331, "a name is no key here"
    random = np.random.default_rng(11)
    inside = shapely.union_all([polygon for _, _, polygon in mended])
    cells = random.uniform((115.4, 39.4), (117.5, 41.1), (900, 2))
    cells = cells[shapely.intersects_xy(inside, cells[:, 0], cells[:, 1])]
    people = random.integers(1, 1000, len(cells))
    near = cells[random.integers(0, len(cells), 120)]
    sites = near + random.normal(0, 0.01, near.shape)
    for at, count in zip(cells, people, strict=True):
        make_cell(session, tuple(at), int(count))
    for at in sites:
        make_facility(session, tuple(at))
    found = coverage_of(session, mended, kind="canteen", radius_m=1000, on=TODAY)

    covered = np.zeros(len(cells), dtype=bool)
    for lon, lat in sites:
        lons, lats = np.full(len(cells), lon), np.full(len(cells), lat)
        covered |= np.asarray(GRS80.inv(lons, lats, cells[:, 0], cells[:, 1])[2]) <= 1000
    area = np.full(len(cells), -1)
    for number in reversed(range(331)):
        area[shapely.intersects_xy(mended[number][2], cells[:, 0], cells[:, 1])] = number
    assert found.total.people_60 == people.sum()
    assert found.total.covered_60 == people[covered].sum()
    for number, row in enumerate(found.rows):
        own = area == number
        if own.any():
            assert row.people_60 == people[own].sum()
            assert row.covered_60 == people[own & covered].sum()
        else:
            assert (row.status, row.people_60) == ("no_cells", None)

    drawn = gaps_of(session, mended, kind="canteen", radius_m=1000, on=TODAY)
    assert sum(gap.people_60 for gap in drawn.gaps) == people[~covered].sum()
