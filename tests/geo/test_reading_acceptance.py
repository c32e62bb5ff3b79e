"""Are real files of strangers read whole: townships, old roads, boundaries, census totals?"""

from __future__ import annotations

import pytest
import shapely

from geo.loaders.reading import read_table
from geo.loaders.tables import LAT, LON, Table
from geo.settings import CHECKOUT

FOLDER = CHECKOUT.parent / "shared" / "acceptance"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/acceptance is not there"),
]


def read(name: str) -> Table:
    return read_table(FOLDER / name)


@pytest.mark.parametrize(
    ("name", "rows", "types"),
    [
        ("townships/beijing_331_wgs84_raw.geojson", 331, {"Polygon", "MultiPolygon"}),
        ("townships/shanghai_8_wgs84_osm.json", 8, {"Polygon", "MultiPolygon"}),
        ("placenames/shanghai_table_li_shi_jiao_tong.geojson", 952, {"LineString"}),
        ("placenames/shanghai_table_li_shi_jian_zhu.geojson", 663, {"Point"}),
        ("placenames/shanghai_table_ren_wu_zhu_suo.geojson", 137, {"Point"}),
        ("placenames/shanghai_table_feng_mao_bao_hu_qu.geojson", 12, {"Polygon"}),
        ("placenames/shanghai_table_li_shi_qu_hua.geojson", 2, {"Polygon"}),
    ],
)
def test_every_feature_is_a_row(name: str, rows: int, types: set[str]) -> None:
    table = read(name)
    assert table.geometry is not None
    assert len(table.rows) == len(table.geometry) == rows
    assert table.unreadable == []
    found = {shape.geom_type for shape in table.geometry if shape is not None}
    assert found <= types | {"MultiLineString"}
    missing = sum(shape is None for shape in table.geometry)
    assert missing == len(table.faults) or missing < rows / 10
    assert not shapely.has_z(table.geometry).any()


def test_the_invalid_polygons_come_through_as_they_are() -> None:
    table = read("townships/beijing_331_wgs84_raw.geojson")
    assert table.geometry is not None
    assert int((~shapely.is_valid(table.geometry)).sum()) == 63
    assert table.columns == ["district", "name"]


def test_points_keep_the_digits_that_were_delivered() -> None:
    path = FOLDER / "placenames/shanghai_table_li_shi_jian_zhu.geojson"
    text = path.read_text("utf-8")
    table = read_table(path)
    x, y = table.columns.index(LON), table.columns.index(LAT)
    for row in table.rows[:50]:
        assert row.cells[x] in text
        assert row.cells[y] in text


def test_bare_geometries_and_plain_tables() -> None:
    for path in sorted((FOLDER / "boundaries_2016").glob("*.json"))[:10]:
        table = read_table(path)
        assert table.geometry is not None
        assert len(table.rows) == 1
        assert table.geometry[0].geom_type in ("Polygon", "MultiPolygon")
    census = read("population/beijing_2020_census_district_totals.csv")
    assert census.columns[:3] == ["code", "district", "pop2020"]
    assert len(census.rows) == 17
    canteens = read("facilities/shanghai_elder_canteens_gcj02.tsv")
    assert (len(canteens.rows), canteens.encoding, canteens.crs) == (97, "utf-8", None)
