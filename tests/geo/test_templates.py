"""Do templates load as they are, and do refused rows come back corrected?"""

from __future__ import annotations

import csv
import shlex
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import shapely
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.cli import app
from geo.errors import BadInput, DeliveryRefused, NotFound
from geo.loaders.fields import map_columns
from geo.loaders.kinds import STATE_WORDS, kind_of_words
from geo.loaders.load import load_delivery
from geo.loaders.reading import read_table
from geo.loaders.refused import REASONS, write_refused
from geo.loaders.templates import columns_of, write_template
from geo.loaders.things import KINDS_OF_THING, Options
from geo.models.kinds import KINDS
from tests.factories import make_unit, square
from tests.geo.test_things import geojson

DAY = date(2026, 1, 1)


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner whose commands use the test's session."""

    @contextmanager
    def opened(what: str = "atlas") -> Iterator[Session]:
        yield session

    monkeypatch.setattr("geo.db.engine.open_session", opened)
    return CliRunner()


def filled(path: Path, sheet: str, rows: list[list[str]], *, below: int = 1) -> Path:
    """The workbook as a person saves it: its first `below` lines, with rows below."""
    book = python_calamine.load_workbook(path)
    kept = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as made:
        for name, lines in kept.items():
            page = made.add_worksheet(name)
            for n, line in enumerate([*lines[:below], *rows] if name == sheet else lines):
                page.write_row(n, 0, line)
    return path


def fill(path: Path, kind: str, *rows: dict[str, str]) -> Path:
    """A template with rows below its example, by heading."""
    lines = [["", *(row.get(column.heading, "") for column in columns_of(kind))] for row in rows]
    return filled(path, "数据", lines, below=2)


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
    fill(path, "facilities", row)
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
    assert sheet.count("<dataValidation ") == 8
    for offered in ("养老院", "运营,暂停", "达标,未达标,办理中", "公办,民办"):
        assert offered in sheet


ALL = ["facilities", *KINDS_OF_THING]


def as_example(kind: str) -> dict[str, str]:
    """The example of a template as a row of data, in divisions that are stored."""
    row = {column.heading: column.example for column in columns_of(kind)}
    return {heading: cell.replace("示例区", "天宁区") for heading, cell in row.items()}


@pytest.fixture
def divisions(session: Session) -> None:
    make_unit(session, "320402000000", name="天宁区", geom=square(119.9, 31.7))
    make_unit(session, "990101000000", name="某区", geom=square(119.8, 31.7))


@pytest.mark.parametrize("kind", ALL)
def test_an_example_never_loads_as_data(session: Session, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "模板.xlsx"
    columns = write_template(kind, path)
    lines = python_calamine.load_workbook(path).get_sheet_by_name("数据").to_python()
    assert lines[0][1:] == [column.heading for column in columns]
    assert lines[1][0].startswith("※示例")
    assert any(lines[1][1:]), "the example shows nothing"
    with pytest.raises(DeliveryRefused, match="没有数据行"):
        load_delivery(session, kind, path, crs="4490", on=DAY)


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize("kind", ALL)
def test_a_filled_template_loads_without_changes(
    session: Session, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(kind, path)
    fill(path, kind, as_example(kind))
    report = load_delivery(session, kind, path, crs="4490", on=DAY)
    counts = report.counts
    assert (counts.rows_read, counts.kept, counts.refused) == (1, 1, 0), report.problems
    assert report.problems == []
    assert "extra" not in report.columns.values()
    assert any("示例" in note for note in report.notes)
    again = load_delivery(session, kind, path, crs="4490", on=DAY)
    assert again.counts.unchanged == 1


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize("kind", ALL)
def test_a_filled_template_saved_as_csv_loads_too(
    session: Session, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(kind, path)
    fill(path, kind, as_example(kind))
    lines = python_calamine.load_workbook(path).get_sheet_by_name("数据").to_python()
    saved = tmp_path / "模板.csv"
    with saved.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(lines)
    report = load_delivery(session, kind, saved, crs="4490", on=DAY)
    assert (report.counts.kept, report.problems) == (1, [])


@pytest.mark.parametrize("kind", ALL)
def test_every_word_of_a_drop_down_is_understood(tmp_path: Path, kind: str) -> None:
    chosen = {column.heading: column.choices for column in columns_of(kind) if column.choices}
    if kind == "facilities":
        assert [kind_of_words(word) for word in chosen["类型"]] == list(KINDS)
        assert {STATE_WORDS[word] for word in chosen["状态"]} == set(STATE_WORDS.values())
    else:
        fields = {one.headings[0]: one.parse for one in KINDS_OF_THING[kind].fields}
        for heading, words in chosen.items():
            meanings = [fields[heading](word) for word in words]
            assert len({repr(meaning) for meaning in meanings}) == len(words)
            assert not any(word.isascii() for word in words if len(word) > 1), words
    path = tmp_path / "a.xlsx"
    write_template(kind, path)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") == len(chosen)


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


LINE = shapely.LineString([(119.91, 31.71), (119.92, 31.72)])
SPOT = shapely.Point(119.95, 31.75)
AREA = square(119.91, 31.71, 0.01)
NOTE = "=1+1"
BROKEN: dict[str, tuple[Any, dict[str, str], str, str]] = {
    "admin-units": (AREA, {"区划代码": "32040", "名称": "新街道"}, "区划代码", "320402009"),
    "boundary-lines": (
        LINE, {"左侧": "天宁区", "右侧": "没有区", "依据": "协议"}, "右侧", "990101",
    ),
    "boundary-markers": (SPOT, {"界桩编号": "甲", "界线代码": ""}, "界线代码", "3204"),
    "place-names": (SPOT, {"名称": "", "启用年份": "1950"}, "名称", "某路"),
    "demand": (
        AREA, {"60岁及以上": "约", "口径": "常住", "年份": "2020"}, "60岁及以上", "12",
    ),
    "estates": (AREA, {"名称": "某小区", "类型": "旧", "户数": "12"}, "类型", "新建"),
    "projects": (
        SPOT, {"名称": "某项目", "开工日期": "2025-01-01", "完工日期": "2024-01-01"}, "完工日期",
        "2025-06-01",
    ),
    "zones": (AREA, {"编码": "Z1", "名称": ""}, "名称", "某片区"),
    "candidates": (SPOT, {"编码": "K1", "名称": ""}, "名称", "某闲置用房"),
}  # fmt: skip


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize("kind", KINDS_OF_THING)
@pytest.mark.parametrize("form", ["geojson", "csv"])
def test_refused_rows_of_every_kind_come_back(
    run: CliRunner, session: Session, tmp_path: Path, kind: str, form: str
) -> None:
    shape, row, column, right = BROKEN[kind]
    row = {**row, "说法": NOTE, "@列": "-2", "联系人": "某某甲"}
    given = tmp_path / f"给.{form}"
    if form == "geojson":
        geojson(given, [(shape, row)])
    else:
        with given.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[*row, "WKT"], [*row.values(), shape.wkt]])
    report = load_delivery(session, kind, given, crs="4490", on=DAY)
    assert (report.counts.rows_read, report.counts.refused) == (1, 1), report.problems
    out = tmp_path / "退回 行.xlsx"
    command = ["deliveries", "refused", str(report.delivery_id), "--out", str(out)]
    done = run.invoke(app, command)
    assert done.exit_code == 0, done.output
    said = shlex.split(done.output.splitlines()[-1])
    assert said[:4] == ["atlas", "load", kind, "退回 行.xlsx"]
    assert dict(zip(said[4::2], said[5::2], strict=True)) == {"--crs": "4490", "--on": str(DAY)}
    with zipfile.ZipFile(out) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "<f>" not in everything
    assert "某某甲" not in everything
    lines = python_calamine.load_workbook(out).get_sheet_by_name("拒绝行").to_python()
    at = lines[0].index(column)
    untouched = load_delivery(session, kind, out, crs="4490", on=DAY)
    assert (untouched.counts.rows_read, untouched.counts.refused) == (1, 1)
    filled(out, "拒绝行", [[*lines[1][:at], right, *lines[1][at + 1 :]]])
    again = load_delivery(session, kind, out, crs="4490", on=DAY)
    assert (again.counts.kept, again.counts.refused) == (1, 0), again.problems
    stored = session.execute(
        text(f"SELECT * FROM {KINDS_OF_THING[kind].table} WHERE delivery_id = :id"),
        {"id": again.delivery_id},
    ).one()
    extra = getattr(stored, "extra", None) or {}
    assert (extra.get("说法"), extra.get("@列")) == (NOTE, "-2")


def test_a_long_shape_goes_over_several_columns_and_comes_back(
    session: Session, tmp_path: Path
) -> None:
    ring = SPOT.buffer(0.1, quad_segs=500)
    given = geojson(tmp_path / "z.geojson", [(ring, {"名称": "", "编码": "Z1"}),
                                             (AREA, {"名称": "", "编码": "Z2"})])  # fmt: skip
    report = load_delivery(session, "zones", given, on=DAY)
    out = tmp_path / "退回.xlsx"
    write_refused(session, report.delivery_id or 0, out)
    lines = python_calamine.load_workbook(out).get_sheet_by_name("拒绝行").to_python()
    assert lines[0][3:8] == ["编码", "名称", "WKT", "WKT_2", "WKT_3"]
    assert max(len(cell) for cell in lines[1]) <= 20_000
    filled(out, "拒绝行", [[*line[:4], "某片区", *line[5:]] for line in lines[1:]])
    again = load_delivery(session, "zones", out, crs="4490", on=DAY)
    assert (again.counts.kept, again.columns.get("WKT_2")) == (2, "wkt2")
    kept = session.scalar(text("SELECT ST_AsBinary(geom) FROM planning_zone WHERE code = 'Z1'"))
    assert shapely.from_wkb(bytes(kept)).geoms[0].equals(ring)


def test_a_shape_too_long_for_its_columns_stands_in_a_sheet_of_its_own(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.loaders.refused.MOST_PARTS", 1)
    ring = SPOT.buffer(0.1, quad_segs=500)
    given = geojson(tmp_path / "z.geojson", [(ring, {"名称": "", "编码": "Z1"}),
                                             (AREA, {"名称": "", "编码": "Z2"})])  # fmt: skip
    report = load_delivery(session, "zones", given, on=DAY)
    out = tmp_path / "退回.xlsx"
    write_refused(session, report.delivery_id or 0, out)
    book = python_calamine.load_workbook(out)
    heading, *parts = book.get_sheet_by_name("图形").to_python()
    assert heading == ["原行号", "段", "WKT"]
    assert [part[:2] for part in parts] == [["1", str(n)] for n in range(1, len(parts) + 1)]
    assert len(parts) > 1
    assert shapely.from_wkt("".join(part[2] for part in parts)).equals(ring)
    told = [line[0] for line in book.get_sheet_by_name("说明").to_python()]
    assert any(note.startswith("原第 1 行的图形过长") for note in told)


def test_the_command_repeats_what_was_stated(session: Session, tmp_path: Path) -> None:
    given = tmp_path / "格网.csv"
    given.write_text("编号,经度,纬度,60+\n1,119.95,31.75,约\n", "utf-8")
    report = load_delivery(
        session, "demand", given, crs="gcj02", on=DAY, secrecy="public",
        options=Options(basis="resident", base_year=2020),
    )  # fmt: skip
    said = write_refused(session, report.delivery_id or 0, tmp_path / "退回.xlsx").command
    assert said == (
        "atlas load demand 退回.xlsx --crs GCJ-02 --on 2026-01-01 --basis resident "
        "--base-year 2020 --secrecy public"
    ).replace("退回.xlsx", "'退回.xlsx'")
    canteens = tmp_path / "食堂.csv"
    canteens.write_text("名称,经度,纬度\n甲,东,31.75\n", "utf-8")
    report = load_delivery(session, "facilities", canteens, crs="4490", on=DAY)
    said = write_refused(session, report.delivery_id or 0, tmp_path / "退回.xlsx").command
    assert "--kind canteen" in said


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

    path = tmp_path / "canteens.gpkg"
    made = gpd.GeoDataFrame({"name": ["甲食堂"]}, geometry=[shapely.box(1, 2, 3, 4)], crs=4490)
    made.to_file(path)
    with pytest.raises(DeliveryRefused, match=r"Polygon 1.*设施需要点"):
        load_delivery(session, "facilities", path, on=DAY)
