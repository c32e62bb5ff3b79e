"""Are other countries' and other programs' files read right, or refused and never as gibberish?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.errors import BadInput, DeliveryRefused
from geo.loaders.columns import column_of
from geo.loaders.fields import map_columns, system_in_heading
from geo.loaders.reading import read_table
from geo.loaders.tables import LAT, LON, Table
from geo.text import decode


def read(tmp_path: Path, content: str | bytes | Any, name: str = "a.csv") -> Table:
    path = tmp_path / name
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = json.dumps(content, ensure_ascii=False).encode()
    path.write_bytes(content)
    return read_table(path)


def cells(table: Table, name: str) -> list[str]:
    return list(column_of(table.rows, table.columns.index(name)).to_pylist())


def positions(table: Table) -> list[tuple[float, float]]:
    lon, lat = (map(float, cells(table, axis)) for axis in (LON, LAT))
    return list(zip(lon, lat, strict=True))


def fields(columns: list[str], *rows: list[str], tmp_path: Path) -> dict[str, str]:
    lines = "\n".join(",".join(line) for line in (columns, *rows))
    table = read(tmp_path, lines)
    return {field: table.columns[at] for field, at in map_columns(table).fields.items()}


# --- encodings that are none of ours -----------------------------------------

JAPANESE = (
    "施設名,緯度,経度,住所\n特別養護老人ホームさくら苑,35.68,139.76,東京都千代田区霞が関一丁目\n"
)
KOREAN = "시설명,위도,경도\n행복요양원,37.5,127.0\n서울특별시 늘푸른요양원,37.6,127.1\n"
GERMAN = "Name;Straße;Plätze\nSeniorenheim Müller;Königstraße 3;40\nHaus Grün;Süderweg 1;12\n"
POLISH = "Nazwa;Szerokość\nDom Pomocy Społecznej w Łodzi;51,7\nŻółty Dom Opieki;51,8\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (JAPANESE, "cp932", "Shift_JIS"), (JAPANESE, "euc_jp", "EUC-JP"),
        ("施設名,緯度,経度\n東京老人ホーム,35,139\n", "cp932", "Shift_JIS"),
        (KOREAN, "euc_kr", "EUC-KR"), (KOREAN, "cp949", "EUC-KR"),
        ("시설명,위도,경도\n서울요양원,37.5,127.0\n", "euc_kr", "EUC-KR"),
        (GERMAN, "latin-1", "Latin-1"), (GERMAN, "cp1252", "Latin-1"),
        (POLISH, "cp1250", "Latin-1"),
    ],
)  # fmt: skip
def test_text_of_another_script_is_refused_by_its_place(
    text: str, encoding: str, told: str
) -> None:
    with pytest.raises(BadInput, match=rf"byte \d+ \(line \d+\).*{told}"):
        decode(text.encode(encoding))


@pytest.mark.parametrize("text", [JAPANESE, KOREAN, GERMAN, POLISH])
def test_the_same_text_in_utf8_is_read(text: str) -> None:
    assert decode(text.encode()).text == text
    assert decode(text.encode("utf-8-sig")).text == text
    assert decode(text.encode("utf-16")).text == text


RARE = "浉河区㙟山镇敬老院,鄠邑区㴔\n𬱖坛镇䓖镇养老院,嵊州市崇仁镇堎\n歙县溧阳路A座,KTV旁\n"


@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-16"])
def test_rare_characters_of_place_names_are_no_reason_to_refuse(codec: str) -> None:
    assert decode(RARE.encode(codec)).text == RARE


@pytest.mark.parametrize(
    "text",
    [
        "臺北市萬華區萬大路,私立慈暉老人長期照顧中心\n",
        "香港九龍深水埗,陽光安老院\n",
        "屏東縣霧臺鄉\n恆春鎮\n",
    ],
)
def test_traditional_lists_stay_big5(text: str) -> None:
    assert decode(text.encode("big5hkscs")).text == text
    assert decode(text.encode("gb18030")).text == text


def test_a_file_of_two_encodings_is_refused_by_the_line() -> None:
    first = "名称,地址\n甲养老院,某路一号\n".encode("gb18030")
    for odd in ("乙养老院,某路二号\n", "丙敬老院啊,天宁区\n"):
        with pytest.raises(BadInput, match="line 3"):
            decode(first + odd.encode() + first)
    with pytest.raises(BadInput, match="line 2"):
        decode("名称,地址\n".encode() * 1 + "甲养老院".encode("gb18030") + "常州市".encode() * 9)


def test_a_stray_zero_byte_is_not_utf16() -> None:
    for text in ("名称,经度\n甲养老院,119.9\n乙养\x00老院,119.8\n", "name,lon\nab\x00c,1\n"):
        with pytest.raises(BadInput, match="zero byte"):
            decode(text.encode())


def test_chinese_written_in_ascii_is_refused() -> None:
    with pytest.raises(BadInput, match="HZ"):
        decode("名称,经度\n甲养老院,119.9\n".encode("hz"))
    assert decode(b"a~{b,c~}d\n").encoding == "utf-8"


def test_a_row_with_lost_characters_is_refused_alone(tmp_path: Path) -> None:
    table = read(tmp_path, "名称,地址\n甲养老院,某路\n乙\ufffd\ufffd院,某路\n丙养老院,某路\n")
    assert cells(table, "名称") == ["甲养老院", "丙养老院"]
    assert [(p.row, p.column, p.rule) for p in table.unreadable] == [(2, "名称", "encoding")]


# --- headings ----------------------------------------------------------------


def test_headings_of_other_countries(tmp_path: Path) -> None:
    england = fields(
        ["Location ID", "Location Name", "Provider Name", "Location Street Address",
         "Location City", "Location Telephone Number", "Location Latitude", "Location Longitude",
         "Care homes beds"],
        ["1", "Elm House", "Elm Ltd", "1 High St", "Leeds", "0113", "53.8", "-1.5", "20"],
        tmp_path=tmp_path,
    )  # fmt: skip
    assert england["name"] == "Location Name"
    assert england["lat"] == "Location Latitude"
    assert england["beds_total"] == "Care homes beds"
    america = fields(
        ["Provider Name", "Provider Address", "City/Town", "State", "Number of Certified Beds",
         "Legal Business Name", "Latitude", "Longitude"],
        ["Oak Home", "1 Main St", "Mobile", "AL", "50", "OAK LLC", "30.6", "-88.0"],
        tmp_path=tmp_path,
    )  # fmt: skip
    assert america["name"] == "Provider Name"
    assert "state" not in america  # AL is no state of operation
    japan = fields(
        ["事業所名", "サービスの種類", "住所", "緯度", "経度", "電話番号", "定員"],
        ["さくら苑", "介護老人福祉施設", "東京都", "35.6", "139.7", "03-1", "30"],
        tmp_path=tmp_path,
    )
    assert (japan["name"], japan["lon"], japan["kind"]) == ("事業所名", "経度", "サービスの種類")
    assert "beds_total" not in japan  # persons are no beds
    korea = fields(
        ["시설명", "시설종류", "소재지도로명주소", "위도", "경도"],
        ["행복요양원", "노인요양시설", "서울", "37.5", "127.0"],
        tmp_path=tmp_path,
    )
    assert (korea["name"], korea["lat"]) == ("시설명", "위도")
    taiwan = fields(
        ["機構名稱", "地址", "核定床數", "X坐標", "Y坐標"],
        ["私立安康老人長期照顧中心", "松德路", "49", "307000", "2770000"],
        tmp_path=tmp_path,
    )
    assert (taiwan["beds_total"], taiwan["lon"], taiwan["lat"]) == ("核定床數", "X坐標", "Y坐標")


@pytest.mark.parametrize(
    "column",
    ["Registered Manager", "Nominated Individual Name", "代表者氏名", "施設長", "시설장", "負責人",
     "Ansprechpartner", "Manager_Name", "Contact Person"],
)  # fmt: skip
def test_persons_in_other_languages_are_not_stored(tmp_path: Path, column: str) -> None:
    table = read(tmp_path, f"name,lon,lat,{column}\nElm House,-1.5,53.8,Jane Example\n")
    assert list(map_columns(table).personal.values()) == [column]


@pytest.mark.parametrize(
    ("x", "y", "east"),
    [
        ("-0.12", "51.5", "x"),  # London: nothing says that X is north
        ("835000", "818000", "x"),  # Hong Kong 1980
        ("325000", "673000", "x"),  # Britain
        ("31.7", "119.9", "y"),  # a Chinese survey
        ("3512345", "612345", "y"),
        ("40512345", "3512345", "x"),
    ],
)
def test_bare_x_and_y_are_turned_only_where_the_values_say_so(
    tmp_path: Path, x: str, y: str, east: str
) -> None:
    table = read(tmp_path, f"名称,x,y\n甲,{x},{y}\n")
    assert table.columns[map_columns(table).fields["lon"]] == east


def test_a_heading_may_name_the_system(tmp_path: Path) -> None:
    table = read(tmp_path, "名称,百度经度,百度纬度\n甲养老院,119.9,31.7\n")
    assert table.crs == "BD-09"
    assert any("BD-09" in note for note in table.notes)
    assert read(tmp_path, "name,lng_gcj02,lat_gcj02\n甲,119.9,31.7\n").crs == "GCJ-02"
    assert (
        read(tmp_path, "名称,经度（CGCS2000）,纬度（CGCS2000）\n甲,119.9,31.7\n").crs == "CGCS2000"
    )
    assert read(tmp_path, "名称,经度,纬度\n甲,119.9,31.7\n").crs is None
    assert read(tmp_path, "名称,经度,百度纬度\n甲,119.9,31.7\n").crs is None
    assert system_in_heading("百度评分") is None


def test_a_file_without_headings_says_so_and_shows_nothing_of_it(tmp_path: Path) -> None:
    table = read(tmp_path, "王小明,某路1号,119.9,31.7\n乙养老院,某路2号,119.8,31.6\n")
    with pytest.raises(DeliveryRefused, match="没有表头") as caught:
        map_columns(table)
    assert "王小明" not in str(caught.value)


# --- positions in a manner of their own --------------------------------------

PLACE = (119.9512, 31.7801)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("location", "119.9512,31.7801"), ("坐标", "119.9512，31.7801"),
        ("经纬度", "31.7801, 119.9512"),
        ("位置", "[119.9512, 31.7801]"), ("WKT", "POINT (119.9512 31.7801)"),
        ("geom", "SRID=4490;POINT(119.9512 31.7801)"), ("point", "POINT Z (119.9512 31.7801 5)"),
        ("location", '{"lat": 31.7801, "lng": 119.9512}'),
        ("position", '{"longitude": "119.9512", "latitude": "31.7801"}'),
        ("shape", '{"type": "Point", "coordinates": [119.9512, 31.7801]}'),
        ("任意", "119.9512;31.7801"),
    ],
)  # fmt: skip
def test_both_coordinates_in_one_cell(tmp_path: Path, heading: str, cell: str) -> None:
    quoted = cell.replace('"', '""')
    table = read(tmp_path, f'名称,{heading}\n甲养老院,"{quoted}"\n乙养老院,不详\n丙,"{quoted}"\n' +
                 f'丁,"{quoted}"\n' * 9)  # fmt: skip
    assert (cells(table, LON)[1], cells(table, LAT)[1]) == (
        "不详",
        "",
    )  # its row says what is wrong
    assert float(cells(table, LON)[0]) == PLACE[0]
    assert float(cells(table, LAT)[0]) == PLACE[1]
    assert cells(table, heading)[0] == cell


def test_which_of_two_numbers_is_the_longitude_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="latlng"):
        read(tmp_path, 'name,location\nElm House,"51.5,-0.12"\n')
    assert positions(read(tmp_path, 'name,latlng\nElm House,"51.5,-0.12"\n')) == [(-0.12, 51.5)]
    assert positions(read(tmp_path, 'name,lnglat\nElm House,"-0.12,51.5"\n')) == [(-0.12, 51.5)]
    assert LON not in read(tmp_path, 'name,beds\nElm House,"51,12"\n').columns
    plain = read(tmp_path, 'name,lon,lat,location\nElm House,-0.12,51.5,"51.5,-0.12"\n')
    assert LON not in plain.columns


def test_decimal_commas(tmp_path: Path) -> None:
    table = read(tmp_path, "sep=;\nName;Breitengrad;Längengrad\nHaus;49,681651;10,718142\n")
    assert cells(table, "Breitengrad") == ["49.681651"]
    assert len(table.notes) == 3
    table = read(tmp_path, "nom;x;y\nEHPAD;652381,5;6862047,1\n")
    assert cells(table, "x") == ["652381.5"]
    table = read(tmp_path, "nom;x;y\nEHPAD;652,000;862,000\n")  # these may part thousands
    assert cells(table, "x") == ["652,000"]


# --- the end of a table, quotes ----------------------------------------------


def test_totals_and_signatures_below_the_table_are_no_rows(tmp_path: Path) -> None:
    rows = (
        "序号,名称,地址,床位,经度,纬度\n1,甲养老院,某路1号,20,119.9,31.7\n合计院,乙,路,1,119,31\n"
    )
    feet = (
        "合计,,,20,,\n填表人：王小明,,,审核人：李四,,填表日期：2024年1月\n备注：截至2023年底,,,,,\n"
    )
    table = read(tmp_path, rows + feet)
    assert cells(table, "名称") == ["甲养老院", "乙"]
    assert "3 行" in table.notes[0]
    assert "王小明" not in " ".join(table.notes)
    assert any("王小明" in title for title in table.titles)  # for marks of secrecy
    within = read(tmp_path, rows + "小计,,,20,,\n2,乙养老院,某路,3,119.8,31.6\n")
    assert len(within.rows) == 4  # in the middle it stays a row, which is refused by name
    assert len(read(tmp_path, "名称,经度,纬度\n合计,1,2\n").rows) == 1


def test_quotes_that_do_not_close_are_told_by_the_line_where_they_open(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="第 2 行起"):
        read(tmp_path, '名称,地址\n甲,"某路1号\n乙,某路\n丙,某路\n')


# --- JSON that is no GeoJSON -------------------------------------------------

SQUARE = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]  # clockwise, as Esri's shells are
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]


def test_esri_json(tmp_path: Path) -> None:
    features = [
        {"attributes": {"名称": "甲养老院"}, "geometry": {"x": 119.9, "y": 31.7}},
        {"attributes": {"名称": "乙养老院"}, "geometry": {"x": "NaN", "y": "NaN"}},
    ]
    table = read(tmp_path, {"spatialReference": {"wkid": 4490}, "features": features}, "a.json")
    assert table.crs == "EPSG:4490"
    assert cells(table, LON) == ["119.9", ""]
    far = [[20, 20], [20, 30], [30, 30], [30, 20], [20, 20]]
    shape = {"attributes": {"a": 1}, "geometry": {"rings": [SQUARE, HOLE, far]}}
    whole = {"features": [shape], "spatialReference": {"wkid": 102100, "latestWkid": 3857}}
    table = read(tmp_path, whole, "a.json")
    assert table.crs == "EPSG:3857"
    assert table.geometry is not None
    assert table.geometry[0].equals(
        shapely.MultiPolygon([shapely.Polygon(SQUARE, [HOLE]), shapely.Polygon(far)])
    )


def test_overpass_json(tmp_path: Path) -> None:
    corner = [{"lon": x, "lat": y} for x, y in SQUARE]
    elements = [
        {"type": "node", "id": 1, "lat": 31.7, "lon": 119.9, "tags": {"name": "甲养老院"}},
        {"type": "node", "id": 2, "lat": 0, "lon": 0},
        {"type": "node", "id": 3, "lat": 1, "lon": 1},
        {"type": "way", "id": 4, "nodes": [2, 3], "tags": {"highway": "path", "name": "乙路"}},
        {"type": "way", "id": 5, "center": {"lat": 3, "lon": 4}, "tags": {"name": "丙"}},
        {"type": "way", "id": 6, "geometry": corner, "tags": {"name": "丁"}},
        {"type": "relation", "id": 7, "tags": {"name": "戊"}, "members": [
            {"type": "way", "role": "outer", "geometry": corner[:3]},
            {"type": "way", "role": "outer", "geometry": corner[2:]},
            {"type": "way", "role": "inner", "geometry": [{"lon": x, "lat": y} for x, y in HOLE]},
        ]},
    ]  # fmt: skip
    table = read(tmp_path, {"version": 0.6, "elements": elements}, "a.json")
    assert cells(table, "name") == ["甲养老院", "乙路", "丙", "丁", "戊"]
    assert table.geometry is not None
    kinds = [shape.geom_type for shape in table.geometry]
    assert kinds == ["Point", "LineString", "Point", "Polygon", "Polygon"]
    assert table.geometry[4].equals(shapely.Polygon(SQUARE, [HOLE]))
    assert any("2 elements without tags" in note for note in table.notes)


def test_lists_of_phone_maps_and_of_health_records(tmp_path: Path) -> None:
    poi = {"name": "甲养老院", "address": [], "location": "119.9512,31.7801"}
    table = read(tmp_path, {"status": "1", "pois": [poi]}, "a.json")
    assert positions(table) == [PLACE]
    assert cells(table, "address") == [""]
    entry = {
        "resourceType": "Location",
        "name": "甲",
        "position": {"longitude": 1.5, "latitude": 2},
    }
    table = read(tmp_path, {"resourceType": "Bundle", "entry": [{"resource": entry}]}, "a.json")
    assert positions(table) == [(1.5, 2.0)]


def test_a_collection_of_one_point_is_that_point(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [119.9, 31.7]}
    one = {"type": "GeometryCollection", "geometries": [point]}
    feature = {"type": "Feature", "properties": {"name": "甲"}, "geometry": one}
    assert positions(read(tmp_path, feature, "a.geojson")) == [(119.9, 31.7)]
