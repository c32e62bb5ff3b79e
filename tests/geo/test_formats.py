"""Does every format hold every feature, where it lies, with its source and its synthetic flag?"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import python_calamine
import shapely
import xlsxwriter
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from geo.db import Database, make_engine, session_factory
from geo.db.embedded import Embedded
from geo.errors import BadInput
from geo.queries.collections import COLLECTIONS
from geo.queries.formats import FORMATS, Wanted, sheets, stream, whole_file
from geo.queries.formats.batches import unhexed
from geo.queries.formats.flatgeobuf import along_curve, write_indexed
from geo.queries.items import Question
from geo.queries.moments import on_day
from tests.factories import make_facility, make_line, make_place, make_unit, square
from tests.machine import worker_database

DAY = date(2026, 11, 1)
EVIL = '=HYPERLINK("x")'
STRANGE = '名 "引号", 逗号\n换行 <b>&'
READ_BY_GDAL = {"geojsonseq": 4326, "geojson-file": 4326, "fgb": 4490, "gpkg": 4490, "kml": 4326}


@pytest.fixture(scope="module")
def database(home: Path, cluster: Embedded) -> Database:
    """Three canteens, one of them made up, a division with an outline and one without, a line."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = worker_database(home, cluster.socket, f"formats_{worker}")
    with session_factory(made).begin() as session:
        _fill(session)
    return made


def _fill(session: Session) -> None:
    make_facility(session, (119.95, 31.77), code="A", name=EVIL, beds_total=20, has_lift=True,
                  services=["lunch", "bath"], hours={"mon": [["08:00", "17:00"]]})  # fmt: skip
    make_facility(session, (119.96, 31.78), code="B", name=STRANGE, is_synthetic=True,
                  source="示例", source_date=date(2026, 1, 2), address="")  # fmt: skip
    make_facility(session, (-70.5, -33.4), code="C", name="-1+1", beds_total=0, has_lift=False)
    make_facility(session, code="hidden", is_published=False)
    make_unit(session, "320402000000", name="甲区", geom=square(119.9, 31.7))
    make_unit(session, "320404000000", name="乙区", geom=None)
    make_line(session, "320402000000", "320404000000")
    make_place(session)


@pytest.fixture
def public(database: Database) -> Iterator[Connection]:
    """As the service reads: the public's role, each statement by itself."""
    engine = make_engine(database.public_url, role="public", autocommit=True)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def wanted(name: str = "facilities", **given: Any) -> Wanted:
    limit = given.pop("limit", None)
    return Wanted(Question(COLLECTIONS[name], on_day(DAY), **given), limit, "说明 about")


def saved(public: Connection, asked: Wanted, word: str, folder: Path) -> Path:
    form = FORMATS[word]
    path = folder / f"made{form.ending}"
    if form.text is not None:
        path.write_bytes(b"".join(stream(public, asked, form)))
    else:
        with whole_file(public, asked, form) as made:
            path.write_bytes(made.read())
    return path


@pytest.mark.parametrize("word", READ_BY_GDAL)
def test_gdal_reads_back_every_feature(public: Connection, tmp_path: Path, word: str) -> None:
    rows = gpd.read_file(saved(public, wanted(), word, tmp_path))
    assert list(rows["code"]) == ["A", "B", "C"] or word == "fgb"
    rows = rows.sort_values("code", ignore_index=True).rename(columns={"Name": "name"})
    assert rows.crs.to_epsg() == READ_BY_GDAL[word]
    assert [(p.x, p.y) for p in rows.geometry] == [
        pytest.approx(at) for at in ((119.95, 31.77), (119.96, 31.78), (-70.5, -33.4))
    ]
    assert list(rows["name"]) == [EVIL, STRANGE, "-1+1"]
    assert [str(one).lower() in ("true", "1") for one in rows["is_synthetic"]] == [
        False, True, False,
    ]  # fmt: skip
    assert list(rows["source"]) == ["test", "示例", "test"]


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_in_every_format(
    public: Connection, tmp_path: Path, name: str, word: str
) -> None:
    path = saved(public, wanted(name), word, tmp_path)
    expected = public.scalar(text("SELECT count(*) FROM " + {
        "facilities": "facility", "units": "admin_unit", "lines": "boundary_line",
        "zones": "planning_zone", "place-names": "place_name",
        "heritage-names": "heritage_listing",
    }[name]))  # fmt: skip
    if word == "xlsx":
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        found = len(sheet.to_python()) - 1
    elif word == "csv":
        found = len(_csv(path))
    elif word == "parquet":
        found = len(gpd.read_parquet(path))
    elif expected or word in ("fgb", "gpkg", "parquet", "geojson-file"):
        found = len(pyogrio.read_dataframe(path))
    else:
        found = 0  # GDAL opens no empty sequence and no empty KML
    assert found == expected
    assert expected or name in ("zones", "heritage-names")


def _csv(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(raw, newline="")))


def test_a_csv_holds_no_formula(public: Connection, tmp_path: Path) -> None:
    rows = _csv(saved(public, wanted(), "csv", tmp_path))
    assert [row["name"] for row in rows] == ["'" + EVIL, STRANGE, "'-1+1"]
    assert [row["beds_total"] for row in rows] == ["20", "", "0"]
    assert [row["has_lift"] for row in rows] == ["true", "", "false"]
    assert [row["services"] for row in rows] == ["lunch;bath", "", ""]
    assert [row["mark"] for row in rows] == ["", "合成", ""]
    assert (rows[0]["lon"], rows[0]["lat"]) == ("119.95", "31.77")
    assert rows[2]["lon"] == "-70.5", "numbers stay numbers"
    assert rows[0]["wkt"] == "POINT(119.95 31.77)"
    for prefix in "=+-@\t\r\n":
        batch = pa.RecordBatch.from_pydict({"a": [f" {prefix}x", "x", None]})
        from geo.queries.formats.texts import harmless

        assert harmless(batch).column(0).to_pylist() == [f"' {prefix}x", "x", None]


def test_a_workbook_holds_no_formula(public: Connection, tmp_path: Path) -> None:
    path = saved(public, wanted(), "xlsx", tmp_path)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    head, *rows = book.get_sheet_by_index(0).to_python()
    named = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["name"] for row in named] == [EVIL, STRANGE, "-1+1"]
    assert [row["beds_total"] for row in named] == [20, "", 0]
    assert named[1]["source_date"] == date(2026, 1, 2)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()
    about = dict(row[:2] for row in book.get_sheet_by_index(1).to_python())
    assert about["source"] == "test；示例"
    assert about["has_synthetic"] == "true"
    assert about["note"] == "说明 about"


def test_a_cell_holds_the_text_letter_by_letter(tmp_path: Path) -> None:
    texts = ["<r><t>甲</t></r>", "<r>a<b</r>", "<r>", "a<b> &amp; c", " b ", "_x0041_", None]
    days = [date(1900, 2, 28), date(1900, 3, 1), None, *[date(2026, 1, 2)] * 4]
    columns = [("text", pa.string(), ""), ("day", pa.date32(), ""), ("none", pa.int64(), "")]
    part = pa.RecordBatch.from_arrays(
        [pa.array(texts), pa.array(days, pa.date32()), pa.nulls(7, pa.int64())],
        names=[name for name, _, _ in columns],
    )
    made = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"constant_memory": True})
    sheets._write_rows(made, columns, iter([part, part]))
    made.close()
    read = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    found = read.get_sheet_by_index(0).to_python()[1:]
    assert [row[0] or None for row in found] == texts * 2
    assert [row[1] or None for row in found] == days * 2
    rare = pa.RecordBatch.from_arrays([pa.array(["甲", "𠀀" * 16_384])], names=["text"])
    with pytest.raises(BadInput, match="第 2 行「text」有 32768 个字"):
        sheets._write_rows(xlsxwriter.Workbook(), columns[:1], iter([rare]))


def test_a_sheet_that_cannot_hold_the_rows_is_refused(
    public: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 3)
    with pytest.raises(BadInput, match=r"2 条.*3 条") as refused:
        saved(public, wanted(), "xlsx", tmp_path)
    assert refused.value.parameter == "f"
    saved(public, wanted(limit=2), "xlsx", tmp_path)
    monkeypatch.setattr(sheets, "CELL_CHARACTERS", 5)
    with pytest.raises(BadInput, match="个字"):
        saved(public, wanted(limit=2), "xlsx", tmp_path)


def test_files_say_what_they_rest_on(public: Connection, tmp_path: Path) -> None:
    for word in ("fgb", "gpkg"):
        said = pyogrio.read_info(saved(public, wanted(), word, tmp_path))["layer_metadata"]
        assert said, word
        assert "示例" in said["DESCRIPTION"]
        assert "合成" in said["DESCRIPTION"]
        assert "说明 about" in said["DESCRIPTION"]
    whole = json.loads(saved(public, wanted(), "geojson-file", tmp_path).read_bytes())
    assert whole["has_synthetic"] is True
    assert whole["sources"] == ["test", "示例"]
    assert whole["numberReturned"] == len(whole["features"]) == 3
    assert "crs" not in whole
    path = saved(public, wanted(), "parquet", tmp_path)
    stated = {k.decode(): v.decode() for k, v in pq.read_schema(path).metadata.items()}
    assert stated["has_synthetic"] == "true"
    geo = json.loads(stated["geo"])["columns"]["geometry"]
    assert geo["crs"]["id"] == {"authority": "EPSG", "code": 4490}
    assert geo["geometry_types"] == ["Point"]
    assert geo["bbox"] == pytest.approx([-70.5, -33.4, 119.96, 31.78])
    assert gpd.read_parquet(path).crs.to_epsg() == 4490


def test_a_sequence_is_one_of_rfc_8142(public: Connection, tmp_path: Path) -> None:
    raw = saved(public, wanted(), "geojsonseq", tmp_path).read_bytes()
    records = raw.split(b"\x1e")
    assert records[0] == b""
    assert [json.loads(one)["id"] for one in records[1:]] == ["A", "B", "C"]
    assert all(one.endswith(b"\n") for one in records[1:])


def test_a_question_is_heeded(public: Connection, tmp_path: Path) -> None:
    asked = wanted(properties=("name",), with_geometry=False, limit=2)
    rows = _csv(saved(public, asked, "csv", tmp_path))
    assert [list(row) for row in rows] == [
        ["id", "name", "source", "is_synthetic", "mark", "lon", "lat", "wkt"]
    ] * 2
    assert rows[0]["lon"] == rows[0]["wkt"] == ""
    for word in READ_BY_GDAL:
        found = pyogrio.read_dataframe(saved(public, asked, word, tmp_path))
        assert len(found) == 2
    for word in FORMATS:
        saved(public, wanted(limit=0), word, tmp_path)


def test_ending_early_ends_the_reading(database: Database) -> None:
    engine = make_engine(database.public_url, role="public", autocommit=True)
    with engine.connect() as connection:
        for word in ("geojsonseq", "csv", "geojson-file"):
            parts = stream(connection, wanted(), FORMATS[word])
            next(parts)
            parts.close()  # type: ignore[attr-defined]
            assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_files_leave_no_trace_on_disk(
    public: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for word in ("fgb", "gpkg", "kml", "parquet", "xlsx"):
        with whole_file(public, wanted(), FORMATS[word]) as made:
            assert list(tmp_path.iterdir()) == []
            assert made.read(1)
    monkeypatch.setattr(sheets, "SHEET_ROWS", 1)
    with pytest.raises(BadInput):
        whole_file(public, wanted(), FORMATS["xlsx"])
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_the_database_is_told_as_one(public: Connection) -> None:
    from psycopg.errors import DivisionByZero

    broken = COLLECTIONS["facilities"]
    from dataclasses import replace

    bad = replace(broken, geom="ST_Translate(t.geom, 1 / (t.id - t.id), 0)")
    with pytest.raises(DivisionByZero):
        whole_file(public, Wanted(Question(bad, on_day(DAY))), FORMATS["fgb"])


@pytest.mark.parametrize("number", [0, 1, 2, 16, 17, 257, 1_000])
def test_an_index_finds_what_lies_in_a_box(tmp_path: Path, number: int) -> None:
    """As GDAL reads it; levels of the tree of 16 end at 1, 16 and 256."""
    chance = np.random.default_rng(4490)
    corner, size = chance.random((number, 2)) * 50, chance.random((number, 2))
    shapes = shapely.box(*corner.T, *(corner + size).T)
    made = gpd.GeoDataFrame({"n": np.arange(number)}, geometry=shapes, crs=4490)
    plain, indexed = tmp_path / "plain.fgb", tmp_path / "indexed.fgb"
    pyogrio.write_dataframe(
        made, plain, driver="FlatGeobuf", SPATIAL_INDEX="NO", geometry_type="Polygon"
    )
    write_indexed(plain, indexed, shapely.bounds(shapes))
    rows = pyogrio.read_dataframe(indexed)
    assert shapely.equals(rows.geometry.values, shapes[rows["n"].to_numpy(dtype=int)]).all()
    assert sorted(rows["n"]) == list(range(number))
    assert pyogrio.read_info(indexed)["capabilities"]["fast_spatial_filter"] == (number > 0)
    if number:
        along = along_curve(shapely.bounds(rows.geometry.values))
        assert (np.diff(along.astype(np.int64)) >= 0).all()
    for west, south in (*corner[:10], (60, 60)):
        area = shapely.box(west, south, west + 4, south + 3)
        found = pyogrio.read_dataframe(indexed, bbox=area.bounds)
        assert set(found["n"]) == set(made["n"][shapely.intersects(shapes, area)])


def test_places_near_each_other_are_near_on_the_curve() -> None:
    """It goes through every cell of a grid, from each one to the next beside it."""
    x, y = (side.ravel() for side in np.meshgrid(np.arange(32.0), np.arange(32.0)))
    order = np.argsort(along_curve(np.stack([x, y, x, y], axis=1)))
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order])) == 1).all()


def test_hexadecimal_texts_become_bytes() -> None:
    made = unhexed(pa.array(["00ff", None, "", "0a"])[1:])
    assert made.to_pylist() == [None, b"", b"\n"]
    assert unhexed(pa.array([None, None], pa.string())).to_pylist() == [None, None]
    assert unhexed(pa.array([], pa.string())).to_pylist() == []
