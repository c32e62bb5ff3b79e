"""Is a hostile or damaged file refused in plain words, within seconds and bounded memory?"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo.errors import DeliveryRefused, GeoError
from geo.loaders.reading import read_table
from geo.loaders.reading.content import ENDINGS
from geo.loaders.reading.points import part_points

EVERY_ENDING = sorted(ending for endings in ENDINGS.values() for ending in endings)
MEMORY_MB = 1500
SECONDS = 20
"""Of the processor, not of the clock: other tests run beside this one."""
SERVER = """
import json, os, resource, sys, time
from pathlib import Path
from geo.errors import GeoError
from geo.loaders.reading import read_table
import pyogrio, pyarrow.compute, pyarrow.parquet, shapely, pyproj

def tell(path):
    # Address space that a reader of a hostile file must never need.
    resource.setrlimit(resource.RLIMIT_AS, (6 * 1024**3, 6 * 1024**3))
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        table = read_table(Path(path))
        rules = [p.rule for p in table.unreadable][:3]
        said = f"READ {len(table.rows)} {len(table.unreadable)} {rules}"
    except GeoError as problem:
        said = f"REFUSED {problem}"
    after = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(u.ru_utime + u.ru_stime for u in (after, child)) - before.ru_utime - before.ru_stime
    print(json.dumps([said, (after.ru_maxrss - before.ru_maxrss) // 1024, spent]), flush=True)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            tell(json.loads(line))
            os._exit(0)
        except BaseException as problem:
            print(json.dumps([f"CRASH {problem!r}", 0, 0]), flush=True)
            os._exit(1)
    code = os.waitpid(child, 0)[1]
    if code > 255 * 256 or 0 < code < 256:
        print(json.dumps([f"KILLED {code}", 0, 0]), flush=True)
"""
PATIENCE_S = 280


@cache
def reader() -> subprocess.Popen[str]:
    """A process that has imported all readers and forks one child for each file."""
    return subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    """Leave no process behind."""
    yield
    if reader.cache_info().currsize:
        reader().kill()
        reader().wait()
        reader.cache_clear()


def told_of(path: Path, *, most_mb: int = MEMORY_MB) -> str:
    """What a process of its own says of the file; it must end by itself, soon and small."""
    process = reader()
    assert process.stdin is not None
    assert process.stdout is not None
    watch = threading.Timer(PATIENCE_S, process.kill)
    watch.start()
    try:
        print(json.dumps(str(path)), file=process.stdin, flush=True)
        answer = process.stdout.readline()
    finally:
        watch.cancel()
    assert answer, "the reader did not end by itself"
    said, megabytes, seconds = json.loads(answer)
    assert said.startswith(("READ", "REFUSED")), said
    assert megabytes < most_mb, said
    assert seconds < SECONDS, said
    return str(said)


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_zip_bombs(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w") as out,
    ):
        for _ in range(80):
            out.write(bytes(1 << 20))
    assert "炸弹" in told_of(bomb, most_mb=100)
    nested = zipped(tmp_path / "nested.zip", **{"inner.zip": bomb.read_bytes()})
    assert "解开一层" in told_of(nested)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(3000):
            archive.writestr(f"{n}.csv", b"")
    assert "3000" in told_of(many)


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = tmp_path / "lie.zip"
    zipped(path, **{"a.csv": b"a,b\n" * 5_000_000})
    data = path.read_bytes()
    true = struct.pack("<I", 20_000_000)
    assert true in data
    path.write_bytes(data.replace(true, struct.pack("<I", 20_000)))
    assert "损坏" in told_of(path, most_mb=100)


@pytest.mark.parametrize(
    "name", ["../../a.shp", "/etc/a.shp", "a/../../b.shp", "C:\\a.shp", "..\\a.shp"]
)
def test_paths_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeliveryRefused, match="路径不安全"):
        read_table(zipped(tmp_path / "a.zip", **{name: b"x", "b.dbf": b""}))


def test_links_and_passwords_in_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DeliveryRefused, match="路径不安全"):
        read_table(path)
    data = bytearray(zipped(path, **{"a.csv": b"a,b\n1,2\n"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(DeliveryRefused, match="密码"):
        read_table(path)


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))


@pytest.mark.parametrize("kind", ["kml", "gpx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_bombs(tmp_path: Path, kind: str, encoding: str) -> None:
    path = tmp_path / f"a.{kind}"
    text = f'<?xml version="1.0"?><!DOCTYPE x [{ENTITIES}]><{kind}><name>&a11;</name></{kind}>'
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DeliveryRefused, match="实体"):
        read_table(path)
    outside = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><{kind}>&a;</{kind}>'
    path.write_bytes(outside.encode(encoding))
    assert "实体" in told_of(path, most_mb=100)


def test_an_entity_bomb_in_a_workbook(tmp_path: Path) -> None:
    honest = workbook(tmp_path / "a.xlsx", [["名称"], ["甲"]])
    hostile = tmp_path / "b.xlsx"
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sharedStrings.xml"):
                data = data.replace(b"<sst", f"<!DOCTYPE x [{ENTITIES}]><sst".encode(), 1)
            target.writestr(name, data)
    assert "实体" in told_of(hostile, most_mb=100)


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return path


def test_a_workbook_that_asks_for_any_amount_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "代码"])
        sheet.write(1048575, 16383, "远")
    assert "CSV" in told_of(path)
    sparse = workbook(tmp_path / "b.xlsx", [["a"]])
    with zipfile.ZipFile(sparse) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):  # 20 000 cells of one text of 10 MB
                cells = b'<row><c t="s"><v>0</v></c></row>' * 20_000
                data = data[: data.index(b"<row")] + cells + data[data.index(b"</sheetData") :]
            if name.endswith("sharedStrings.xml"):
                data = data.replace(b"<t>a</t>", b"<t>" + b"a" * 10_000_000 + b"</t>")
            target.writestr(name, data)
    assert "REFUSED" in told_of(path)


def test_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{n}" for n in range(1_000_000)) + "\n1,2\n", "utf-8")
    assert "1000000 列" in told_of(path)
    path = tmp_path / "a.geojson"
    properties = {f"c{n}": n for n in range(200_000)}
    feature = {"type": "Feature", "geometry": None, "properties": properties}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    assert "列，超过" in told_of(path)
    data = "".join(f'<Data name="c{n}"><value>1</value></Data>' for n in range(50_000))
    path = tmp_path / "a.kml"
    path.write_text(
        f"<kml><Placemark><ExtendedData>{data}</ExtendedData></Placemark></kml>", "utf-8"
    )
    assert "列，超过" in told_of(path)
    assert "16000 列" in told_of(
        workbook(tmp_path / "a.xlsx", [[f"c{n}" for n in range(16_000)]] * 2)
    )
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({f"c{n}": ["1"] for n in range(5_000)}), path)
    assert "5000 列" in told_of(path)


HUGE = "a" * 10_000_000


def test_a_cell_of_ten_megabytes_costs_only_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"名称,备注\n甲,{HUGE}\n乙,好\n", "utf-8")
    assert told_of(path) == "READ 1 1 ['cell_size']"
    path = tmp_path / "records.json"
    path.write_text(json.dumps([{"name": HUGE}, {"name": "乙"}]), "utf-8")
    assert "READ 1 1" in told_of(path)
    made = gpd.GeoDataFrame({"name": [HUGE, "乙"]}, geometry=[shapely.Point(1, 2)] * 2, crs=4490)
    for name in ("a.gpkg", "a.fgb", "a.parquet"):
        if name == "a.parquet":
            made.to_parquet(tmp_path / name)
        else:
            pyogrio.write_dataframe(made, tmp_path / name)
        assert told_of(tmp_path / name) == "READ 1 1 ['cell_size']"
    path = tmp_path / "a.kml"
    path.write_text(
        f"<kml><Placemark><name>{HUGE}</name></Placemark><Placemark><name>乙</name></Placemark></kml>",
        "utf-8",
    )
    assert "READ 1 1" in told_of(path)
    book = tmp_path / "a.xlsx"
    assert told_of(workbook(book, [["名称", "备注"], ["甲", "a" * 32_000], ["乙", "好"]])) == (
        "READ 1 1 ['cell_size']"
    )


def test_columns_named_with_a_book(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"名称,{HUGE}\n甲,1\n", "utf-8")
    assert "不像列名" in told_of(path)


def test_deep_nesting(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[" * 500_000, "utf-8")
    assert "GeoJSON" in told_of(path)
    path.write_text('{"type":"Feature","properties":' + '{"a":' * 500_000, "utf-8")
    assert "GeoJSON" in told_of(path)
    path = tmp_path / "a.kml"
    path.write_text("<kml>" + "<Folder>" * 100_000, "utf-8")
    assert "嵌套过深" in told_of(path)
    deep = "<kml><Placemark>" + "<MultiGeometry>" * 90 + "<Point/>" + "</MultiGeometry>" * 90
    path.write_text(deep + "</Placemark></kml>", "utf-8")
    assert "READ 1" in told_of(path)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.parquet", "a.geojson"])
def test_coordinates_that_are_no_numbers(tmp_path: Path, name: str, bad: float) -> None:
    shapes = [shapely.Point(bad, 1), shapely.Point(1, 2)]
    made = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=shapes, crs=4490)
    path = tmp_path / name
    if name == "a.parquet":
        made.to_parquet(path)
    elif name == "a.geojson":
        features = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": c}}
            for c in ([bad, 1], [1, 2])
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    else:
        options = {"SPATIAL_INDEX": "NO"}
        pyogrio.write_dataframe(made, path, **options)
    table = read_table(path)
    assert table.geometry is not None
    assert table.geometry[0] is None
    assert table.geometry[1] == shapely.Point(1, 2)
    assert 1 in table.faults or np.isnan(bad)  # a point of NaN is GeoPackage's empty point


def test_a_geopackage_whose_layers_are_programs(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    made = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Point(1, 2)], crs=4490)
    pyogrio.write_dataframe(made, path, layer="好")
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid FROM n"
    )
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW endless AS {endless}")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('endless', 'attributes', 'endless')"
        )
        database.execute("CREATE TABLE huge (a, b GENERATED ALWAYS AS (zeroblob(1000000000)))")
        database.execute("INSERT INTO huge (a) VALUES (1)")
        database.commit()
    assert told_of(path) == "READ 1 0 []"
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW gpkg_more AS {endless}")
        database.commit()
    assert "视图" in told_of(path)
    plain = tmp_path / "b.gpkg"
    with closing(sqlite3.connect(plain)) as database:
        database.execute("CREATE TABLE a (b)")
        database.commit()
    assert "不是 GeoPackage" in told_of(plain)


def test_a_parquet_that_unfolds(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    many = pa.array(np.zeros(10_000_000, dtype=np.int8))
    pq.write_table(pa.table({"a": many}), path, compression="zstd")
    assert path.stat().st_size < 1_000_000
    assert "行，超过" in told_of(path)
    long = pa.DictionaryArray.from_arrays(np.zeros(100_000, dtype=np.int32), ["a" * 1_000_000])
    pq.write_table(pa.table({"a": long}), path)
    assert "REFUSED" in told_of(path)


def test_nothing_empty_or_strange_is_read(tmp_path: Path) -> None:
    for ending in EVERY_ENDING:
        path = tmp_path / f"a{ending}"
        for data in (b"", b" \n\n", b"\x00" * 100, b"\xff\xfe"):
            path.write_bytes(data)
            with pytest.raises(DeliveryRefused, match=r"a\."):
                read_table(path)
        path.unlink()
    for name in ("a.pdf", "a.docx", "a.dbf", "a"):
        path = tmp_path / name
        path.write_bytes(b"%PDF-1.7")
        with pytest.raises(DeliveryRefused):
            read_table(path)
    with pytest.raises(DeliveryRefused, match="shp"):
        read_table(tmp_path)
    with pytest.raises(DeliveryRefused, match="无法读取"):
        read_table(tmp_path / "missing.csv")


def samples(folder: Path) -> dict[str, Path]:
    """One honest file of each format."""
    made = gpd.GeoDataFrame(
        {"name": ["甲养老院", "乙"] * 20}, geometry=[shapely.Point(119.9, 31.7)] * 40, crs=4490
    )
    names = ["a.gpkg", "a.fgb", "a.shp", "a.geojson", "a.kml"]
    for name in names:
        driver = "LIBKML" if name == "a.kml" else None
        pyogrio.write_dataframe(made, folder / name, driver=driver)
    made.to_parquet(folder / "a.parquet")
    workbook(folder / "a.xlsx", [["名称", "经度"]] + [["甲", 1.5]] * 40)
    zipped(
        folder / "a.zip", **{p.name: p.read_bytes() for p in folder.glob("a.[sdpc][hbrp][pxfjg]")}
    )
    return {name: folder / name for name in [*names, "a.parquet", "a.xlsx", "a.zip"]}


def test_files_cut_off_anywhere(tmp_path: Path) -> None:
    for name, path in samples(tmp_path).items():
        whole = path.read_bytes()
        for share in (0.02, 0.2, 0.5, 0.8, 0.99):
            cut = tmp_path / "cut" / name
            cut.parent.mkdir(exist_ok=True)
            cut.write_bytes(whole[: int(len(whole) * share)])
            for part in tmp_path.glob("a.*"):
                if name == "a.shp" and part.suffix in (".shx", ".dbf"):
                    (cut.parent / part.name).write_bytes(part.read_bytes())
            with suppress(GeoError):
                assert len(read_table(cut).rows) <= 40


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_bytes_under_any_name_are_a_table_or_a_refusal(tmp_path: Path, data: Any) -> None:
    ending = data.draw(st.sampled_from(EVERY_ENDING))
    magic = data.draw(
        st.sampled_from(
            [b"", b"PK\x03\x04", b"PAR1", b"fgb\x03fgb\x01", b"SQLite format 3\x00", b"<kml>", b"{",
             b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x00\x00\x27\x0a", "名称,经度\n".encode()]
        )
    )  # fmt: skip
    path = tmp_path / f"a{ending}"
    path.write_bytes(magic + data.draw(st.binary(max_size=600)))
    with suppress(GeoError):  # anything else is a failure
        assert read_table(path).columns is not None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["a.gpkg", "a.fgb", "a.shp", "a.geojson", "a.kml", "a.parquet", "a.xlsx"]),
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
)
@example(name="a.fgb", places=[(0.1, 255)])
def test_damaged_bytes_never_crash_a_reader(
    tmp_path: Path, name: str, places: list[tuple[float, int]]
) -> None:
    if not (tmp_path / "a.zip").exists():
        samples(tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    for share, value in places:
        data[int(share * len(data))] = value
    folder = tmp_path / "damaged"
    folder.mkdir(exist_ok=True)
    for part in ("a.dbf", "a.shx", "a.prj", "a.cpg"):
        (folder / part).write_bytes((tmp_path / part).read_bytes())
    (folder / name).write_bytes(bytes(data))
    with suppress(GeoError):  # anything else is a failure
        assert read_table(folder / name).columns is not None


def test_reading_takes_no_time_of_its_own(tmp_path: Path) -> None:
    text = io.StringIO()
    text.write("名称,经度,纬度\n")
    for n in range(50_000):
        text.write(f"机构{n},119.{n:05},31.{n:05}\n")
    path = tmp_path / "a.csv"
    path.write_text(text.getvalue(), "gb18030")
    started = time.process_time()
    assert len(read_table(path).rows) == 50_000
    assert time.process_time() - started < SECONDS


def test_a_layer_of_which_no_point_can_be_read_is_refused_for_that(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(shapely.points([[np.inf, 31.7], [119.8, np.inf]]))
    names = np.array(["甲", "乙"], dtype=object)
    pyogrio.raw.write(
        path, points, [names], ["名称"], geometry_type="Point", crs="EPSG:4490", driver="GPKG",
        layer="a", layer_options={"SPATIAL_INDEX": "NO"},
    )  # fmt: skip
    table = read_table(path)
    with pytest.raises(DeliveryRefused, match="全部 2 个点都读不出"):
        part_points(table, path)
