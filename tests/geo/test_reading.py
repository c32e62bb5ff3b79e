"""Do the same rows come out of every format and encoding, with nothing lost on the way?"""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geo.errors import DeliveryRefused
from geo.loaders.reading import read_table
from geo.loaders.reading.points import part_points
from geo.loaders.tables import HEIGHT, LAT, LON, Table

NAMES = ["甲养老院", "乙食堂（分店）", "丙"]
CODES = ["320402198001010012", "007", ""]
PLACES = [(119.98, 31.78), (119.991, 31.7712345678), (120.0, 31.7)]
CSV = "名称,代码,经度,纬度\n" + "".join(
    f"{name},{code},{x},{y}\n" for name, code, (x, y) in zip(NAMES, CODES, PLACES, strict=True)
)
RING = [(119.9, 31.7), (120.0, 31.7), (120.0, 31.8), (119.9, 31.7)]


def frame(geometry: list[Any] | None = None) -> gpd.GeoDataFrame:
    shapes = geometry or [shapely.Point(place) for place in PLACES]
    return gpd.GeoDataFrame({"名称": NAMES, "代码": CODES}, geometry=shapes, crs="EPSG:4490")


def column(table: Table, name: str) -> list[str]:
    at = table.columns.index(name)
    return [row.cells[at] for row in table.rows]


def places(table: Table, x: str = LON, y: str = LAT) -> list[tuple[float, float]]:
    return list(zip(map(float, column(table, x)), map(float, column(table, y)), strict=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimited_text(tmp_path: Path, encoding: str, mark: str) -> None:
    content = CSV.replace(",", mark)
    if encoding == "big5":
        content = content.replace("养", "養").replace("经", "經").replace("纬", "緯")
        content = content.replace("码", "碼").replace("称", "稱")
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode(encoding))
    table = read_table(path)
    wanted = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert (table.format, table.encoding) == ("CSV", wanted)
    assert len(table.rows) == 3
    assert table.rows[0].cells[1] == CODES[0]
    assert [float(row.cells[2]) for row in table.rows] == [x for x, _ in PLACES]
    assert table.geometry is None
    assert table.evidence


def test_titles_above_the_heading_are_skipped_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"某市养老机构一览表\n填报单位：,某局,日期：,\n\n{CSV}", "utf-8")
    table = read_table(path)
    assert table.columns == ["名称", "代码", "经度", "纬度"]
    assert [row.number for row in table.rows] == [1, 2, 3]
    assert "2" in table.notes[0]
    assert any("某市" in title for title in table.titles)


def test_a_column_for_people_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("※原因,名称,※行,经度,纬度\n错,甲,1,119,31\n错,,2,,\n,乙,,119,32\n", "utf-8")
    table = read_table(path)
    assert table.columns == ["名称", "经度", "纬度"]
    assert column(table, "名称") == ["甲", "乙"]
    assert "※" in table.notes[0]


def test_cells_that_begin_like_formulas_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('名称,备注\n"=1+1",@SUM(A1)\n+86,-1\n', "utf-8")
    assert [row.cells for row in read_table(path).rows] == [["=1+1", "@SUM(A1)"], ["+86", "-1"]]


FEATURES = [
    {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": {"名称": name, "代码": code},
    }
    for name, code, place in zip(NAMES, CODES, PLACES, strict=True)
]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_geojson(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.geojson"
    whole = {"features": FEATURES, "type": "FeatureCollection", "note": "说明"}
    path.write_bytes(json.dumps(whole, ensure_ascii=False).encode(encoding))
    check_points(read_table(path), "GeoJSON", "EPSG:4326")


@pytest.mark.parametrize("start", ["", "\x1e"])
def test_one_feature_a_line(tmp_path: Path, start: str) -> None:
    path = tmp_path / "a.geojsonl"
    path.write_text("".join(f"{start}{json.dumps(one)}\n" for one in FEATURES), "utf-8")
    check_points(read_table(path), "GeoJSON", "EPSG:4326")


def test_coordinates_that_are_strings(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    text = json.loads(json.dumps(FEATURES))
    text[0]["geometry"]["coordinates"] = ["119.98", "31.78"]
    text[1]["geometry"]["coordinates"] = "119.991, 31.7712345678"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": text}), "utf-8")
    table = read_table(path)
    check_points(table, "GeoJSON", "EPSG:4326")
    assert column(table, LAT)[1] == "31.7712345678"


def test_plain_records(tmp_path: Path) -> None:
    records = [{"name": "甲", "lng": "119.98", "lat": 31.7800, "tags": {"a": [1]}}, {"name": "乙"}]
    for whole in (records, {"count": 2, "data": records}):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(whole), "utf-8")
        table = read_table(path)
        assert table.columns == ["name", "lng", "lat", "tags"]
        assert table.rows[0].cells == ["甲", "119.98", "31.78", '{"a": ["1"]}']
        assert table.crs is None


def test_a_bare_geometry_and_odd_features(tmp_path: Path) -> None:
    path = tmp_path / "110101.json"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [RING]}), "utf-8")
    table = read_table(path)
    assert table.geometry is not None
    assert table.geometry[0].equals(shapely.Polygon(RING))
    odd: list[Any] = [
        {"type": "Feature", "geometry": None, "properties": None},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": ["东经", 1]}},
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[1, 2]]}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [float("nan"), 1]}},
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 1e999]]},
        },
        3,
        *FEATURES,
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": odd}), "utf-8")
    table = read_table(path)
    assert table.geometry is not None
    assert len(table.rows) == len(table.geometry) == 8
    assert [problem.row for problem in table.unreadable] == [6]
    assert sorted(table.faults) == [2, 3, 4, 5]
    assert column(table, LON)[3].lower() == "nan"
    assert [shape is None for shape in table.geometry] == [True] * 5 + [False] * 3


def check_points(table: Table, wanted: str, crs: str | None) -> None:
    assert (table.format, table.crs) == (wanted, crs)
    assert (column(table, "名称"), column(table, "代码")) == (NAMES, CODES)
    assert places(table) == PLACES
    assert table.geometry is not None
    assert [(shape.x, shape.y) for shape in table.geometry] == PLACES
    assert table.unreadable == []


@pytest.mark.parametrize(
    ("name", "driver", "wanted"),
    [("a.gpkg", "GPKG", "GeoPackage"), ("a.fgb", "FlatGeobuf", "FlatGeobuf")],
)
def test_layers(tmp_path: Path, name: str, driver: str, wanted: str) -> None:
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    pyogrio.write_dataframe(frame(), tmp_path / name, driver=driver, **options)
    table = read_table(tmp_path / name)
    check_points(table, wanted, "EPSG:4490")
    assert table.layer == "a"


def test_geoparquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame().to_parquet(path)
    check_points(read_table(path), "GeoParquet", "EPSG:4490")
    frame().to_parquet(path, geometry_encoding="geoarrow", write_covering_bbox=True)
    check_points(read_table(path), "GeoParquet", "EPSG:4490")
    frame().to_crs("OGC:CRS84").to_parquet(path)
    assert read_table(path).crs == "EPSG:4326"
    pq.write_table(pa.table({"名称": NAMES, "经度": [x for x, _ in PLACES]}), path)
    plain = read_table(path)
    assert (plain.geometry, plain.crs) == (None, None)
    assert column(plain, "经度") == ["119.98", "119.991", "120"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030", "BIG5"])
@pytest.mark.parametrize("form", ["beside", "folder", "zip", "no cpg", "no prj", "no shx", "upper"])
def test_shapefile(tmp_path: Path, encoding: str, form: str) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    path = folder / "养老机构.shp"
    made = frame()
    names = ["甲養老院", "乙食堂", "丙"] if encoding == "BIG5" else NAMES
    made["名称"] = names
    made = made.rename(columns={"名称": "name", "代码": "code"})
    pyogrio.write_dataframe(made, path, encoding=encoding)
    if form in ("no cpg", "upper"):
        path.with_suffix(".cpg").unlink()
    if form == "no prj":
        path.with_suffix(".prj").unlink()
    if form == "no shx":
        path.with_suffix(".shx").unlink()
    given = folder if form == "folder" else path
    if form == "upper":
        for part in list(folder.iterdir()):
            part.rename(part.with_suffix(part.suffix.upper()))
        given = path.with_suffix(".SHP")
    if form == "zip":
        given = Path(shutil.make_archive(str(tmp_path / "a"), "zip", folder))
    table = read_table(given)
    assert (table.format, table.layer) == ("Shapefile", "养老机构")
    assert table.encoding == encoding.lower()
    assert column(table, "name") == names
    assert column(table, "code") == CODES
    assert places(table) == PLACES
    assert table.crs == (None if form == "no prj" else "EPSG:4490")
    assert ("no .cpg" in table.evidence) == (form in ("no cpg", "upper"))
    assert any("no .prj" in note for note in table.notes) == (form == "no prj")
    assert not list(folder.glob("*.shx")) or form != "no shx"  # nothing is written beside it


def test_a_wrong_cpg_is_overruled_by_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    pyogrio.write_dataframe(frame().rename(columns={"代码": "code"}), path, encoding="GB18030")
    path.with_suffix(".cpg").write_text("UTF-8")
    table = read_table(path)
    assert table.encoding == "gb18030"
    assert "wrong" in table.evidence
    assert column(table, "名称") == NAMES


def test_a_text_cut_within_a_character_loses_only_the_half(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    made = frame().drop(columns="代码").rename(columns={"名称": "name"})
    pyogrio.write_dataframe(made, path, encoding="GB18030")
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    width = data[32 + 16]
    start = data.index("甲".encode("gb18030"))
    long = ("a" * (1 - width % 2) + "养老" * 200).encode("gb18030")
    data[start : start + width] = long[:width]  # an odd number of bytes of two-byte characters
    path.with_suffix(".dbf").write_bytes(bytes(data))
    table = read_table(path)
    assert column(table, "name")[0].strip("养老") in ("", "a")
    assert any("cut" in note for note in table.notes)


KML = """<?xml version="1.0" encoding="{encoding}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>交付</name><Folder><name>常州</name>
{marks}</Folder></Document></kml>"""
MARK = """<Placemark><name>{name}</name><description><![CDATA[<b>x</b>]]></description>
<ExtendedData><Data name="代码"><value>{code}</value></Data></ExtendedData>
<Point><coordinates> {x},{y},{z} </coordinates></Point></Placemark>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030", "UTF-16"])
def test_kml(tmp_path: Path, encoding: str) -> None:
    marks = "".join(
        MARK.format(name=name, code=code, x=x, y=y, z=0)
        for name, code, (x, y) in zip(NAMES, CODES, PLACES, strict=True)
    )
    path = tmp_path / "a.kml"
    path.write_bytes(KML.format(encoding=encoding, marks=marks).encode(encoding))
    table = read_table(path)
    assert (table.format, table.encoding, table.crs) == ("KML", encoding.lower(), "EPSG:4326")
    assert (column(table, "name"), column(table, "代码")) == (NAMES, CODES)
    assert places(table) == PLACES
    assert column(table, "folder") == ["交付 / 常州"] * 3
    assert HEIGHT not in table.columns  # all zero says nothing
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.write(path, "doc.kml")
        archive.writestr("files/icon.png", b"\x89PNG")
    packed = read_table(tmp_path / "a.kmz")
    assert packed.format == "KMZ"
    assert places(packed) == PLACES


def test_kml_shapes_and_heights(tmp_path: Path) -> None:
    ring = " ".join(f"{x},{y},{n}" for n, (x, y) in enumerate(RING))
    marks = (
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        f"<Placemark><MultiGeometry><LineString><coordinates>{ring}</coordinates></LineString>"
        f"<LineString><coordinates>{ring}</coordinates></LineString></MultiGeometry></Placemark>"
        "<Placemark><Point><coordinates>119,31,12.5</coordinates></Point></Placemark>"
        "<Placemark><Point><coordinates>东经</coordinates></Point></Placemark><Placemark/>"
    )
    path = tmp_path / "a.kml"
    path.write_text(KML.format(encoding="UTF-8", marks=marks), "utf-8")
    table = read_table(path)
    assert table.geometry is not None
    types = [shape and shape.geom_type for shape in table.geometry]
    assert types == ["Polygon", "MultiLineString", "Point", None, None]
    assert column(table, HEIGHT) == ["0/3", "0/3", "12.5", "", ""]
    assert not any(shapely.has_z(table.geometry))
    assert list(table.faults) == [4]


GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
{points}{track}</gpx>"""


def test_gpx(tmp_path: Path) -> None:
    points = "".join(
        f'<wpt lat="{y}" lon="{x}"><ele>5</ele><name>{name}</name><desc>{code}</desc></wpt>'
        for name, code, (x, y) in zip(NAMES, CODES, PLACES, strict=True)
    )
    segment = "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in PLACES)
    track = f"<trk><name>巡查</name><trkseg>{segment}</trkseg></trk>"
    path = tmp_path / "a.gpx"
    path.write_text(GPX.format(points=points, track=""), "utf-8")
    table = read_table(path)
    assert (table.format, table.layer, table.crs) == ("GPX", "waypoints", "EPSG:4326")
    assert places(table) == PLACES
    assert column(table, HEIGHT) == ["5"] * 3
    path.write_text(GPX.format(points=points, track=track), "utf-8")
    with pytest.raises(DeliveryRefused, match="waypoints, tracks"):
        read_table(path)
    line = read_table(path, "tracks")
    assert line.geometry is not None
    assert list(line.geometry[0].coords) == PLACES
    with pytest.raises(DeliveryRefused, match="routes"):
        read_table(path, "routes")


def test_heights_are_kept_as_a_column(tmp_path: Path) -> None:
    made = frame([shapely.Point(x, y, 4.25) for x, y in PLACES])
    pyogrio.write_dataframe(made, tmp_path / "a.gpkg")
    table = read_table(tmp_path / "a.gpkg")
    assert column(table, HEIGHT) == ["4.25"] * 3
    assert table.geometry is not None
    assert not shapely.has_z(table.geometry).any()


def test_numbers_and_dates_lose_nothing(tmp_path: Path) -> None:
    made = frame()
    made["big"] = [320402198001010012, 9007199254740993, 7]
    made["tiny"] = [1e-7, 0.1, 119.98]
    made["day"] = [date(2025, 6, 30), None, date(2025, 7, 1)]
    pyogrio.write_dataframe(made, tmp_path / "a.gpkg")
    table = read_table(tmp_path / "a.gpkg")
    assert column(table, "big") == ["320402198001010012", "9007199254740993", "7"]
    assert column(table, "tiny") == ["0.0000001", "0.1", "119.98"]
    assert column(table, "day") == ["2025-06-30", "", "2025-07-01"]


def test_layers_are_listed_and_the_one_with_rows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame().iloc[:0], path, layer="空层", geometry_type="Point")
    pyogrio.write_dataframe(frame(), path, layer="养老", append=True)
    assert read_table(path).layer == "养老"
    pyogrio.write_dataframe(frame(), path, layer="食堂", append=True)
    with pytest.raises(DeliveryRefused, match=r"养老, 食堂.*--layer"):
        read_table(path)
    assert read_table(path, "食堂").layer == "食堂"
    with pytest.raises(DeliveryRefused, match="没有图层「无」"):
        read_table(path, "无")


def test_zones_of_the_projected_grids_are_named(tmp_path: Path) -> None:
    for code in (4528, 4549, 2385, 3857):
        made = frame().to_crs(code)
        for name in ("a.gpkg", "a.shp", "a.fgb"):
            pyogrio.write_dataframe(made, tmp_path / name)
            assert read_table(tmp_path / name).crs == f"EPSG:{code}", name


@pytest.mark.filterwarnings("ignore:.crs. was not provided")
def test_an_unknown_crs_is_never_assumed(tmp_path: Path) -> None:
    made = frame().set_crs(None, allow_override=True)
    for name in ("a.gpkg", "a.fgb", "a.shp", "a.parquet"):
        if name == "a.parquet":
            made.to_parquet(tmp_path / name)
        else:
            pyogrio.write_dataframe(made, tmp_path / name)
        assert read_table(tmp_path / name).crs is None, name


@pytest.mark.parametrize("kind", ["LineString", "Polygon"])
@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.shp", "a.geojson", "a.parquet"])
def test_lines_and_areas_come_through(tmp_path: Path, kind: str, name: str) -> None:
    shape = shapely.LineString(RING) if kind == "LineString" else shapely.Polygon(RING)
    made = frame([shape, shape, shapely.affinity.translate(shape, 1)])
    if name == "a.parquet":
        made.to_parquet(tmp_path / name)
    else:
        options = {"SPATIAL_INDEX": "NO"} if name == "a.fgb" else {}  # an index sorts the rows
        pyogrio.write_dataframe(made, tmp_path / name, **options)
    table = read_table(tmp_path / name)
    assert table.geometry is not None
    assert all(a.equals(b) for a, b in zip(table.geometry, made.geometry, strict=True))
    assert LON not in table.columns
    with pytest.raises(DeliveryRefused, match=f"{kind} 3"):
        part_points(table, tmp_path / name)


def test_the_points_among_other_shapes(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    shapes = [shapely.Point(1, 2), shapely.LineString(RING), shapely.MultiPoint([(3, 4)])]
    pyogrio.write_dataframe(frame(shapes), path, geometry_type="Unknown")
    points, parted = part_points(read_table(path), path)
    assert places(points) == [(1, 2), (3, 4)]
    assert [(row.cells[-2], problem.rule) for row, problem in parted] == [
        (NAMES[1], "geometry_type")
    ]
    assert "LineString" in parted[0][1].message


@pytest.mark.parametrize(
    ("made", "named"), [("a.gpkg", "a.xlsx"), ("a.fgb", "a.csv"), ("a.geojson", "a.txt")]
)
def test_content_decides_and_says_so(tmp_path: Path, made: str, named: str) -> None:
    pyogrio.write_dataframe(frame(), tmp_path / made)
    (tmp_path / made).rename(tmp_path / named)
    table = read_table(tmp_path / named)
    assert sorted(places(table)) == sorted(PLACES)
    assert Path(named).suffix in table.notes[0]
    assert table.format in table.notes[0]


def test_a_csv_in_a_zip_or_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text(CSV.replace(",", "\t"), "gb18030")
    table = read_table(tmp_path / "a.xls")
    assert (table.format, table.encoding) == ("CSV", "gb18030")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("数据/canteens.csv", CSV.encode("gb18030"))
        archive.writestr("__MACOSX/._canteens.csv", b"\x00")
    packed = read_table(tmp_path / "a.zip")
    assert (packed.format, len(packed.rows)) == ("CSV", 3)
