"""Do templates load as they are, and do refused rows come back corrected?"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.cli import app
from geo.errors import BadInput, DeliveryRefused, NotFound
from geo.loaders.fields import map_columns
from geo.loaders.load import load_delivery
from geo.loaders.reading import read_table
from geo.loaders.refused import REASONS, write_refused
from geo.loaders.templates import columns_of, write_template
from geo.loaders.things import KINDS_OF_THING

DAY = date(2026, 1, 1)


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose commands use the test's session."""

    @contextmanager
    def opened(what: str = "atlas") -> Iterator[Session]:
        yield session

    monkeypatch.setattr("geo.db.engine.open_session", opened)
    return CliRunner()


def filled(path: Path, sheet: str, rows: list[list[str]]) -> Path:
    """The workbook as a person saves it: the same headings, with rows below."""
    book = python_calamine.load_workbook(path)
    heading = book.get_sheet_by_name(sheet).to_python()[0]
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as made:
        for name in book.sheet_names:
            lines = book.get_sheet_by_name(name).to_python()
            page = made.add_worksheet(name)
            for n, line in enumerate([heading, *rows] if name == sheet else lines):
                page.write_row(n, 0, line)
    return path


def test_the_template_of_facilities_loads_without_a_change(
    run: CliRunner, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "设施.xlsx"
    done = run.invoke(app, ["template", "facilities", "--out", str(path)])
    assert done.exit_code == 0, done.output
    columns = columns_of("facilities")
    row = {
        "名称": "甲", "类型": "养老院", "状态": "运营", "区": "天宁区", "经度": "119.98",
        "纬度": "31.78", "床位": "50", "护理型床位": "20", "备案日期": "2025-06-30",
        "统一社会信用代码": "91350100M000100Y43", "电话": "0519-81234567", "服务内容": "助餐、助浴",
    }  # fmt: skip
    filled(path, "数据", [[row.get(column.heading, "") for column in columns]])
    table = read_table(path)
    assert table.layer == "数据"
    assert table.columns == [column.heading for column in columns]
    assert not map_columns(table).extra
    report = load_delivery(session, "facilities", path, crs="4490", on=DAY)
    assert (report.counts.kept, report.problems) == (1, [])
    stored = session.execute(text("SELECT name, kinds, beds_total, filed_on FROM facility")).one()
    assert tuple(stored) == ("甲", ["nursing_home"], 50, date(2025, 6, 30))


def test_the_template_offers_kinds_and_states(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_template("facilities", path)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/comments1.xml" in archive.namelist()
    assert sheet.count("<dataValidation ") == 2
    assert "养老院" in sheet
    assert "运营,暂停" in sheet


@pytest.mark.parametrize("kind", ["facilities", *KINDS_OF_THING])
def test_every_kind_has_a_template_that_can_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.xlsx"
    columns = write_template(kind, path)
    filled(path, "数据", [["1"] * len(columns)])
    assert read_table(path).columns == [column.heading for column in columns]


def test_a_template_that_cannot_be_written(run: CliRunner, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="facilities"):
        write_template("网吧", tmp_path / "a.xlsx")
    with pytest.raises(BadInput, match="xlsx"):
        write_template("facilities", tmp_path / "a.csv")
    with pytest.raises(BadInput, match="写不到"):
        write_template("facilities", tmp_path / "missing" / "a.xlsx")
    done = run.invoke(app, ["template", "网吧"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_refused_rows_are_written_corrected_and_loaded(
    run: CliRunner, session: Session, tmp_path: Path
) -> None:
    given = tmp_path / "canteens.csv"
    given.write_text(
        "名称,经度,纬度,备注,联系人\n甲食堂,0,0,=1+1,某某\n乙食堂,119.9,31.7,,某某\n"
        "丙食堂,东,31.7,@SUM(A1),某某\n",
        "utf-8",
    )
    report = load_delivery(session, "facilities", given, crs="gcj02", on=DAY)
    assert report.counts.refused == 2
    out = tmp_path / "退回 canteens.xlsx"
    command = ["deliveries", "refused", str(report.delivery_id), "--out", str(out)]
    done = run.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "--crs GCJ-02" in done.output
    assert "某某" not in done.output
    with zipfile.ZipFile(out) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles
    assert "某某" not in everything
    lines = python_calamine.load_workbook(out).get_sheet_by_name("拒绝行").to_python()
    assert lines[0] == [*REASONS, "名称", "经度", "纬度", "备注"]
    assert [line[2:4] for line in lines[1:]] == [["1", "甲食堂"], ["3", "丙食堂"]]
    assert "0,0" in lines[1][0]
    untouched = load_delivery(session, "facilities", out, crs="gcj02", on=DAY)
    assert (untouched.counts.refused, untouched.counts.kept) == (2, 0)
    corrected = [[*line[:4], f"119.{n}", "31.7", *line[6:]] for n, line in enumerate(lines[1:], 1)]
    filled(out, "拒绝行", corrected)
    again = load_delivery(session, "facilities", out, crs="gcj02", on=DAY)
    assert (again.counts.kept, again.counts.refused) == (2, 0)
    extra = session.execute(text("SELECT name, extra FROM facility ORDER BY name")).all()
    assert {name: kept for name, kept in extra if kept} == {
        "丙食堂": {"备注": "@SUM(A1)"}, "甲食堂": {"备注": "=1+1"},
    }  # fmt: skip


def test_what_has_no_refused_rows_says_so(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="999"):
        write_refused(session, 999, tmp_path / "a.xlsx")
    path = tmp_path / "canteens.csv"
    path.write_text("名称,经度,纬度\n甲,119.9,31.7\n", "utf-8")
    made = load_delivery(session, "facilities", path, crs="4490", on=DAY).delivery_id
    assert made is not None
    with pytest.raises(BadInput, match="没有被拒绝"):
        write_refused(session, made, tmp_path / "a.xlsx")


def test_deliveries_lists_as_before(run: CliRunner, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "canteens.csv"
    path.write_text("名称,经度,纬度\n甲,119.9,31.7\n", "utf-8")
    load_delivery(session, "facilities", path, crs="4490", on=DAY)
    for command in (["deliveries"], ["deliveries", "--limit", "5"], ["deliveries", "list"]):
        done = run.invoke(app, command)
        assert done.exit_code == 0, done.output
        assert "1=1+0+0+0+0" in done.output


@pytest.mark.parametrize(
    "name", ["shapefile", "points.gpkg", "points.kml", "points.fgb", "points.parquet", "sheet.xlsx"]
)
def test_facilities_load_from_every_format(session: Session, tmp_path: Path, name: str) -> None:
    import geopandas as gpd
    import shapely

    made = gpd.GeoDataFrame(
        {"name": ["甲食堂", "乙食堂"], "lng": ["1", "2"]},
        geometry=[shapely.Point(119.9, 31.7), shapely.Point(119.95, 31.75)], crs=4490,
    )  # fmt: skip
    path = tmp_path / name
    if name == "shapefile":
        path.mkdir()
        made.to_file(path / "canteens.shp", encoding="GB18030")
    elif name.endswith("parquet"):
        made.to_parquet(path)
    elif name.endswith("xlsx"):
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["name", "lng", "lat"])
            sheet.write_row(1, 0, ["甲食堂", 119.9, 31.7])
            sheet.write_row(2, 0, ["乙食堂", 119.95, 31.75])
    else:
        made.to_file(path, driver="LIBKML" if name.endswith("kml") else None)
    report = load_delivery(session, "facilities", path, crs="4490", on=DAY)
    assert (report.counts.kept, report.counts.refused) == (2, 0)
    places = session.execute(text("SELECT ST_AsText(geom) FROM facility ORDER BY name")).scalars()
    assert sorted(places) == ["POINT(119.9 31.7)", "POINT(119.95 31.75)"]
    assert report.format


@pytest.mark.parametrize("title", ["养老机构一览表 密级：秘密", "机密★10年"])
def test_a_title_that_marks_a_secret(session: Session, tmp_path: Path, title: str) -> None:
    path = tmp_path / "canteens.csv"
    rows = "名称,地址,经度,纬度\n甲食堂,一路,119.9,31.7\n"
    path.write_text(f"{title},,,\n{rows}", "utf-8")
    with pytest.raises(DeliveryRefused, match="密级"):
        load_delivery(session, "facilities", path, crs="4490", on=DAY)
    path.write_text(f"一览表 (不涉及国家秘密),,,\n{rows}", "utf-8")
    report = load_delivery(session, "facilities", path, crs="4490", on=DAY)
    assert report.counts.kept == 1
    assert "秘密" not in report.dumps()


def test_a_file_of_areas_is_refused_in_plain_words(session: Session, tmp_path: Path) -> None:
    import geopandas as gpd
    import shapely

    path = tmp_path / "canteens.gpkg"
    made = gpd.GeoDataFrame({"name": ["甲食堂"]}, geometry=[shapely.box(1, 2, 3, 4)], crs=4490)
    made.to_file(path)
    with pytest.raises(DeliveryRefused, match=r"Polygon 1.*设施需要点"):
        load_delivery(session, "facilities", path, on=DAY)
