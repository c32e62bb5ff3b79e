"""Are several files one loading, all of them or none, and does the report add up?"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import geopandas
import pytest
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadInput, CrsError, DeliveryRefused, GeoError
from geo.loaders.chosen import chosen, is_one_delivery
from geo.loaders.report import Report
from geo.loaders.several import Said, load_several

JANUARY = Said(on=date(2026, 1, 1))


def write(path: Path, *rows: str, heading: str = "名称,经度,纬度", codec: str = "utf-8") -> Path:
    path.write_text("\n".join([heading, *rows, ""]), codec)
    return path


def number(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    """Two files that differ in encoding, CRS and defects."""
    return [
        write(tmp_path / "甲.csv", "甲养老院,119.9,31.7", "坏养老院,0,0", codec="gb18030"),
        write(tmp_path / "乙.csv", "乙养老院,119.8,31.7,某", heading="名称,经度,纬度,联系人"),
    ]


def test_each_file_is_a_delivery_of_its_own(session: Session, two: list[Path]) -> None:
    loaded = load_several(session, "facilities", two, crs=["gcj02", "4490"], said=JANUARY)
    assert [r.crs.used for r in loaded.reports] == ["GCJ-02", "EPSG:4490"]
    assert [r.encoding for r in loaded.reports] == ["gb18030", "utf-8"]
    assert len({r.delivery_id for r in loaded.reports}) == 2 == number(session, "delivery")
    assert loaded.exit_code == 3
    told = json.loads(loaded.dumps())
    assert (told["rows_read"], told["kept"], told["refused"]) == (3, 2, 1)
    assert told["rows_read"] == sum(one["rows_read"] for one in told["files"])
    assert (told["crs"], told["encoding"], told["file_name"]) == (None, None, None)
    assert (told["kind"], told["on"]) == ("facilities", "2026-01-01")
    assert told["personal_columns"] == ["联系人"]
    assert [(p["file"], p["row"]) for p in told["problems"]] == [("甲.csv", 2)]
    assert told["placement"]["not_checked"] == 2


def test_a_common_value_stands_on_top(session: Session, two: list[Path]) -> None:
    told = load_several(session, "facilities", two, crs=["gcj02"]).as_json()
    assert told["crs"] == {"declared": "gcj02", "used": "GCJ-02", "candidates": []}


def test_the_report_of_one_file_stays_as_it_is(session: Session, two: list[Path]) -> None:
    loaded = load_several(session, "facilities", two[:1], crs=["gcj02"])
    assert loaded.as_json() == loaded.reports[0].as_json()
    several = load_several(session, "facilities", two, crs=["gcj02"], dry_run=True).as_json()
    own = {f.name for f in fields(Report)} - {"counts"}
    assert own <= set(several), "the same keys, so that one program reads both"


def test_one_bad_file_stops_all_and_is_named(session: Session, two: list[Path]) -> None:
    empty = two[0].with_name("空.csv")
    empty.touch()
    with pytest.raises(DeliveryRefused, match=r"第 3 个文件（共 3 个）空\.csv.*都没有保存"):
        load_several(session, "facilities", [*two, empty], crs=["gcj02"])
    assert (number(session, "delivery"), number(session, "facility")) == (0, 0)
    with pytest.raises(CrsError, match="第 1 个文件") as asked:
        load_several(session, "facilities", two)
    assert "GCJ-02" in str(asked.value), "the scores are still told"
    assert asked.value.parameter == "crs"


def test_a_person_in_a_file_name_is_not_told(session: Session, two: list[Path]) -> None:
    empty = two[0].with_name("王小明13812345678.csv")
    empty.touch()
    with pytest.raises(GeoError) as told:
        load_several(session, "facilities", [*two, empty], crs=["gcj02"])
    assert "小明" not in str(told.value)
    assert "13812345678" not in str(told.value)


def test_later_files_may_build_on_earlier_ones(session: Session, tmp_path: Path) -> None:
    heading = "区划代码,名称,级别,上级代码"
    first = write(tmp_path / "1.csv", "330000,示例省,1,", heading=heading)
    second = write(tmp_path / "2.csv", "330100,示例市,2,330000", heading=heading)
    loaded = load_several(session, "admin-units", [first, second], said=JANUARY, dry_run=True)
    assert loaded.counts.kept == 2, [r.problems for r in loaded.reports]
    assert number(session, "admin_unit") == 0


def test_a_dry_run_stores_nothing_but_tells_the_same(session: Session, two: list[Path]) -> None:
    tried = load_several(session, "facilities", two, crs=["gcj02"], dry_run=True)
    assert number(session, "delivery") == 0
    assert all(r.dry_run and r.delivery_id is None for r in tried.reports)
    assert tried.counts == load_several(session, "facilities", two, crs=["gcj02"]).counts


@pytest.mark.parametrize("crs", [["gcj02", "4490", "bd09"]])
def test_as_many_systems_as_files(session: Session, two: list[Path], crs: list[str]) -> None:
    with pytest.raises(BadInput, match="2 个文件、3 个坐标系"):
        load_several(session, "facilities", two, crs=crs)
    with pytest.raises(BadInput):
        load_several(session, "facilities", [])


def test_progress_runs_once_from_nothing_to_all(session: Session, two: list[Path]) -> None:
    told: list[tuple[int, int | None, str]] = []
    load_several(session, "facilities", two, crs=["gcj02"], progress=lambda *one: told.append(one))
    assert [one[0] for one in told] == sorted(one[0] for one in told)
    assert told[-1][0] == told[-1][1]
    assert any("[2/2]" in one[2] and "乙.csv" in one[2] for one in told)


# --- which files are meant ---------------------------------------------------


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    folder = tmp_path / "图形"
    folder.mkdir()
    made = geopandas.GeoDataFrame({"name": ["甲"]}, geometry=[Point(119.9, 31.7)], crs="EPSG:4490")
    made.to_file(folder / "a.shp", encoding="utf-8")
    (folder / "a.shp.xml").write_text("<metadata/>", "utf-8")
    return folder


def test_a_folder_that_is_a_shapefile_is_one_file(shapefile: Path) -> None:
    assert chosen([shapefile]).files == (shapefile,)
    assert chosen(sorted(shapefile.iterdir())).files == (shapefile / "a.shp",)


def test_a_folder_with_other_things_stands_for_its_files(shapefile: Path) -> None:
    write(shapefile / "b.csv")
    (shapefile / "说明.pdf").touch()
    (shapefile / ".hidden.csv").touch()
    (shapefile / "~$b.xlsx").touch()
    found = chosen([shapefile])
    assert found.files == (shapefile / "a.shp", shapefile / "b.csv")
    assert found.left_out == ("说明.pdf",)
    assert chosen([shapefile], layer="a").files == (shapefile,), "the named layer of a folder"
    assert chosen([shapefile.parent]).files == found.files


def test_a_pair_of_road_tables_is_one_file(tmp_path: Path) -> None:
    pair = tmp_path / "路网"
    pair.mkdir()
    write(pair / "nodes.csv")
    assert not is_one_delivery(pair)
    write(pair / "edges.csv")
    assert chosen([pair]).files == (pair,)


def test_a_pattern_that_no_shell_unfolded(tmp_path: Path) -> None:
    b, a = write(tmp_path / "b.csv"), write(tmp_path / "a.csv")
    write(tmp_path / "c.txt")
    assert chosen([tmp_path / "*.csv"]).files == (a, b)
    with pytest.raises(BadInput, match="没有与"):
        chosen([tmp_path / "*.gpkg"])
    odd = write(tmp_path / "[2025]甲.csv")
    assert chosen([odd]).files == (odd,), "a file whose name looks like a pattern"


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有可导入的文件"):
        chosen([tmp_path])
