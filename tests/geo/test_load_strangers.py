"""Do lists and boundaries of other countries and publishers become rows, told as they are?"""

from __future__ import annotations

import json
import random
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import DeliveryRefused
from geo.loaders.load import load_delivery
from geo.loaders.report import Report
from tests.factories import make_city, make_unit

DAY = date(2026, 1, 1)


def load(session: Session, path: Path, kind: str = "facilities", **options: Any) -> Report:
    return load_delivery(session, kind, path, **{"on": DAY, **options})


def stored(session: Session, columns: str, table: str = "facility") -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))
    ]


def written(tmp_path: Path, content: str | Any, encoding: str = "utf-8", name: str = "") -> Path:
    path = tmp_path / (name or ("a.csv" if isinstance(content, str) else "a.json"))
    whole = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(whole.encode(encoding))
    return path


def test_positions_abroad_are_kept_and_told_not_put_right(session: Session, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Location Name,Location Latitude,Location Longitude,Registered Manager\n"
        "Elm House,53.8,-1.5,Jane Example\nOak Lodge,51.5,-0.12,John Sample\n",
    )
    report = load(session, path, crs="wgs84", facility_kind="nursing_home")
    assert report.counts.kept == 2
    assert {problem.rule for problem in report.problems} == {"outside_country"}
    assert report.personal_columns == ["Registered Manager"]
    places = [("Elm House", -1.5, 53.8), ("Oak Lodge", -0.12, 51.5)]
    assert stored(session, "name, ST_X(geom), ST_Y(geom)") == places
    assert "Example" not in report.dumps()


@pytest.mark.parametrize(
    ("crs", "east", "north", "lon", "lat"),
    [
        ("2326", 836_694, 819_070, 114.1788, 22.3107),  # Hong Kong 1980: both axes six digits
        ("27700", 325_897, 673_996, -3.1889, 55.9533),  # OSGB36
        ("3826", 306_000, 2_770_000, 121.555, 25.037),  # TWD97
    ],
)
def test_grids_of_other_countries(
    session: Session, tmp_path: Path, crs: str, east: int, north: int, lon: float, lat: float
) -> None:
    path = written(tmp_path, f"name,x,y\nCare Home One,{east},{north}\n")
    report = load(session, path, crs=crs)
    assert report.counts.kept == 1
    [(_, x, y)] = stored(session, "name, ST_X(geom), ST_Y(geom)")
    assert (x, y) == (pytest.approx(lon, abs=0.003), pytest.approx(lat, abs=0.003))


def test_a_word_for_the_kind_that_nobody_knows_yields_to_what_is_stated(
    session: Session, tmp_path: Path
) -> None:
    content = (
        "機構名稱,機構類型,經度,緯度\n私立安康之家,養護型,121.5,25.0\n永和食堂,食堂,121.6,25.1\n"
    )
    path = written(tmp_path, content, "big5")
    refused = load(session, path, crs="wgs84", dry_run=True)
    assert (refused.counts.kept, refused.counts.refused) == (1, 1)
    assert "--kind" in next(p.message for p in refused.problems if p.rule == "kind")
    report = load(session, path, crs="wgs84", facility_kind="nursing_home")
    assert report.encoding == "big5"
    assert [p.value for p in report.problems if p.rule == "kind_word"] == ["養護型"]
    assert stored(session, "name, kinds, extra ->> '機構類型'") == [
        ("永和食堂", ["canteen"], None), ("私立安康之家", ["nursing_home"], "養護型"),
    ]  # fmt: skip


def test_gibberish_is_refused_whole_and_nothing_is_stored(session: Session, tmp_path: Path) -> None:
    content = "施設名,緯度,経度\n東京老人ホーム,35.68,139.76\n"
    for encoding in ("cp932", "euc_jp"):
        with pytest.raises(DeliveryRefused, match="UTF-8"):
            load(session, written(tmp_path, content, encoding), crs="wgs84")
    assert stored(session, "name") == []
    assert load(session, written(tmp_path, content, "utf-8-sig"), crs="wgs84").counts.kept == 1


def test_numbers_of_days_are_dates(session: Session, tmp_path: Path) -> None:
    path = written(
        tmp_path, "名称,经度,纬度,备案日期\n甲养老院,119.9,31.7,44317\n乙养老院,119.8,31.6,123\n"
    )
    report = load(session, path, crs="cgcs2000")
    assert stored(session, "name, filed_on") == [("乙养老院", None), ("甲养老院", date(2021, 5, 1))]
    assert [p.row for p in report.problems if p.rule == "date"] == [2]


# --- boundary editions -------------------------------------------------------


@pytest.fixture
def tianning(session: Session) -> None:
    """One city with one district on record."""
    make_city(session)
    make_unit(session, "320402000000", name="天宁区", parent_code="320400000000")


RING = [[[119.9, 31.7], [120.0, 31.7], [120.0, 31.8], [119.9, 31.8], [119.9, 31.7]]]


@pytest.mark.usefixtures("tianning")
@pytest.mark.parametrize(
    "properties",
    [
        {"adcode": 320402, "name": "天宁区", "level": "district", "parent": {"adcode": 320400},
         "acroutes": [100000, 320000, 320400]},
        {"gb": "156320402", "name": "天宁区"},
        {"区划码": "320402000000", "地名": "天宁区"},
        {"PAC": 320402, "NAME": "天宁区"},
        {"XZQDM": "320402", "XZQMC": "天宁区"},
        {"name": "天宁区", "ref": "320402", "admin_level": "6"},
        {"GID_3": "CHN.15.2.1_1", "NAME_3": "Tianning", "NL_NAME_3": "天宁区"},
        {"name": "天宁区", "admin_level": "6"},
    ],
)  # fmt: skip
def test_each_publisher_names_the_same_district(
    session: Session, tmp_path: Path, properties: dict[str, Any]
) -> None:
    feature = {"type": "Feature", "properties": properties,
               "geometry": {"type": "Polygon", "coordinates": RING}}  # fmt: skip
    path = written(tmp_path, {"type": "FeatureCollection", "features": [feature]})
    report = load(session, path, "admin-units", crs="cgcs2000")
    assert report.counts.refused == 0
    codes = {code for (code,) in stored(session, "code", "admin_unit")}
    assert codes == {"320400000000", "320402000000"}


@pytest.mark.usefixtures("tianning")
@pytest.mark.parametrize("column", ["", ",上级代码"])
def test_a_roster_brings_villages_with_their_townships(
    session: Session, tmp_path: Path, column: str
) -> None:
    units = ["320402001,雕庄街道", "320402001001,凤凰社区", "320402001002,中凉社区"]
    above = [",320402", ",320402001", ",320402001"] if column else [""] * 3
    rows = [unit + more for unit, more in zip(units, above, strict=True)]
    path = written(tmp_path, "\n".join([f"统计用区划代码,名称{column}", *rows]), "gb18030")
    assert load(session, path, "admin-units").counts.kept == 3
    parents = dict(stored(session, "code, parent_code", "admin_unit"))
    assert parents["320402001000"] == "320402000000"
    assert parents["320402001001"] == parents["320402001002"] == "320402001000"


# --- size --------------------------------------------------------------------


def test_a_long_list_costs_little_of_the_processor(session: Session, tmp_path: Path) -> None:
    """Ten thousand rows here; 50 000 are measured by hand, for the tests share a machine."""
    draw = random.Random(3)
    rows = [
        f"特別養護老人ホーム{n},千代田区{n}番,{35 + draw.random():.6f},{139 + draw.random():.6f}"
        for n in range(10_000)
    ]
    path = written(tmp_path, "\n".join(["事業所名,住所,緯度,経度", *rows]))
    started = time.process_time()
    report = load(session, path, crs="wgs84")
    assert report.counts.kept == 10_000
    [abroad] = report.problems  # said once, not ten thousand times
    assert (abroad.row, abroad.rule, abroad.value) == (None, "outside_country", "10000")
    assert time.process_time() - started < 10
