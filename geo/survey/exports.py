"""How do lines and markers leave as GeoPackage, GPX, KML, XLSX and DXF?

Each file says of every line what it rests on, from which source and day, and that its length is
measured. Longitude, latitude of CGCS2000; DXF in metres of the 3° Gauss–Krüger zone it names.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import shapely
import xlsxwriter

from geo.errors import BadInput, both
from geo.survey.lines import MEASURED
from geo.survey.register import BASES_ZH, NOTE, LineOnRecord, MarkerOnRecord
from geo.survey.topology.units import LEVEL_ZH

STATES_ZH = {
    "intact": "完好", "leaning": "倾斜", "damaged": "损坏", "lost": "丢失", "moved": "移位",
    "buried": "掩埋", "unknown": "未知",
}  # fmt: skip
UNKNOWN = "未知"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one file holds. approval: the words of the 审图号, None without one; internal: it holds
    what is not public, and says so."""

    title: str
    on: date
    lines: Sequence[LineOnRecord]
    markers: Sequence[MarkerOnRecord] = ()
    approval: str | None = None
    internal: bool = False

    @property
    def notes(self) -> list[str]:
        """What stands in every file."""
        synthetic = any(one.is_synthetic for one in self.lines)
        synthetic |= any(one.is_synthetic for one in self.markers)
        return [
            f"{self.title}，{self.on}",
            NOTE,
            f"审图号：{self.approval}" if self.approval else "未经地图审核，仅限内部演示",
            *(["内部资料，含未公开内容，不得外传 · internal"] if self.internal else []),
            *(["含合成数据 · holds synthetic data"] if synthetic else []),
        ]


def columns_of(line: LineOnRecord) -> dict[str, Any]:
    """The columns of a line in every format, headings in Chinese."""
    told = {
        "代码": line.code, "显示名": line.label, "正式名称": line.name,
        "级别": LEVEL_ZH.get(line.level), "分隔等级": LEVEL_ZH.get(line.grade or 0),
        "左侧代码": line.left_code, "左侧": line.left_name, "右侧代码": line.right_code,
        "右侧": line.right_name, "是否推导": "是，示意线" if line.is_derived else "否",
        "依据": BASES_ZH[line.basis], "文号": line.document_no,
        "档案比例尺分母": line.archive_scale,
        f"长度_米_{MEASURED}": round(line.length_m, 1), "公布长度_米": line.published_length_m,
        "上次联检": line.last_inspected_on, "来源": line.source, "资料日期": line.source_date,
        "方法": line.method, "合成": "是" if line.is_synthetic else "否", "说明": NOTE,
    }  # fmt: skip
    if line.is_disputed is not None:
        told["有争议"] = "是" if line.is_disputed else "否"
    return _plain(told)


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Days as text, and text in one line: a control character would break XML and DXF."""
    return {
        key: value.isoformat() if isinstance(value, date)
        else _CONTROL.sub(" ", value) if isinstance(value, str) else value
        for key, value in told.items()
    }  # fmt: skip


def columns_of_marker(one: MarkerOnRecord) -> dict[str, Any]:
    """The columns of a marker: for those who have the right."""
    told = {
        "界桩号": one.number, "界线": "、".join(one.line_codes), "序号": one.serial,
        "类型": one.type_code, "状态": STATES_ZH[one.state], "档案坐标系": one.archived_crs,
        "档案_X_北": one.archived_x, "档案_Y_东": one.archived_y, "经度": one.lon, "纬度": one.lat,
        "位置近似": "是" if one.is_approximate else "否", "来源": one.source,
        "资料日期": one.source_date,
        "合成": "是" if one.is_synthetic else "否",
    }  # fmt: skip
    return _plain(told)


def write_gpkg(sheet: Sheet, path: Path) -> None:
    """A GeoPackage (EPSG:4490): a layer of lines, and one of markers where there are any."""
    import geopandas

    path.unlink(missing_ok=True)
    layers = (
        ("界线", [columns_of(one) for one in sheet.lines], [one.geom for one in sheet.lines]),
        ("界桩", [columns_of_marker(one) for one in sheet.markers],
         [_point(one) for one in sheet.markers]),
    )  # fmt: skip
    for layer, rows, shapes in layers:
        if rows:
            frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4490")
            told = {"DESCRIPTION": "；".join(sheet.notes)}
            frame.to_file(path, driver="GPKG", layer=layer, engine="pyogrio", layer_options=told)


def write_kml(sheet: Sheet, path: Path) -> None:
    """KML 2.2: a folder of lines, one of markers; every column as extended data."""
    root = Xml.Element("kml", {"xmlns": "http://www.opengis.net/kml/2.2"})
    document = Xml.SubElement(root, "Document")
    Xml.SubElement(document, "name").text = sheet.title
    Xml.SubElement(document, "description").text = "；".join(sheet.notes)
    folder = _folder(document, "界线")
    for line in sheet.lines:
        place = _placemark(folder, columns_of(line)["显示名"], columns_of(line))
        several = Xml.SubElement(place, "MultiGeometry")
        for part in shapely.get_parts(line.geom):
            shape = Xml.SubElement(several, "LineString")
            Xml.SubElement(shape, "coordinates").text = " ".join(
                f"{lon:.7f},{lat:.7f}" for lon, lat in shapely.get_coordinates(part)
            )
    if sheet.markers:
        folder = _folder(document, "界桩")
    for one in sheet.markers:
        place = _placemark(folder, one.number, columns_of_marker(one))
        if one.lon is not None and one.lat is not None:
            shape = Xml.SubElement(place, "Point")
            Xml.SubElement(shape, "coordinates").text = f"{one.lon:.8f},{one.lat:.8f}"
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _folder(document: Xml.Element, name: str) -> Xml.Element:
    folder = Xml.SubElement(document, "Folder")
    Xml.SubElement(folder, "name").text = name
    return folder


def _placemark(folder: Xml.Element, name: str, columns: dict[str, Any]) -> Xml.Element:
    place = Xml.SubElement(folder, "Placemark")
    Xml.SubElement(place, "name").text = name
    extended = Xml.SubElement(place, "ExtendedData")
    for key, value in columns.items():
        data = Xml.SubElement(extended, "Data", {"name": key})
        Xml.SubElement(data, "value").text = UNKNOWN if value is None else str(value)
    return place


def _point(one: MarkerOnRecord) -> shapely.Point | None:
    return None if one.lon is None or one.lat is None else shapely.Point(one.lon, one.lat)


def write_gpx(sheet: Sheet, path: Path) -> None:
    """GPX 1.1: a track a line, a waypoint a marker, what is known of each in its description."""
    root = Xml.Element(
        "gpx", {"version": "1.1", "creator": "Minzheng Atlas",
                "xmlns": "http://www.topografix.com/GPX/1/1"},
    )  # fmt: skip
    about = Xml.SubElement(root, "metadata")
    Xml.SubElement(about, "name").text = sheet.title
    Xml.SubElement(about, "desc").text = "；".join(sheet.notes)
    for one in sheet.markers:
        if one.lon is None or one.lat is None:
            continue
        point = Xml.SubElement(root, "wpt", {"lat": f"{one.lat:.8f}", "lon": f"{one.lon:.8f}"})
        Xml.SubElement(point, "name").text = one.number
        Xml.SubElement(point, "desc").text = _words(columns_of_marker(one))
    for line in sheet.lines:
        track = Xml.SubElement(root, "trk")
        Xml.SubElement(track, "name").text = columns_of(line)["显示名"]
        Xml.SubElement(track, "desc").text = _words(columns_of(line))
        Xml.SubElement(track, "src").text = columns_of(line)["来源"] or UNKNOWN
        for part in shapely.get_parts(line.geom):
            segment = Xml.SubElement(track, "trkseg")
            for lon, lat in shapely.get_coordinates(part):
                Xml.SubElement(segment, "trkpt", {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"})
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _words(row: dict[str, Any]) -> str:
    return "；".join(f"{key}：{UNKNOWN if value is None else value}" for key, value in row.items())


def write_xlsx(sheet: Sheet, path: Path) -> None:
    """A workbook: notes, lines, and markers where there are any; no formulas, text stays text."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#F1E7DA", "bottom": 1, "text_wrap": True}
        )
        page = book.add_worksheet("说明")
        page.set_column(0, 0, 110)
        page.write_column(0, 0, sheet.notes)
        tables = (
            ("界线", [columns_of(one) for one in sheet.lines]),
            ("界桩", [columns_of_marker(one) for one in sheet.markers]),
        )
        for name, rows in tables:
            if not rows:
                continue
            page = book.add_worksheet(name)
            page.freeze_panes(1, 2)
            page.set_column(0, len(rows[0]) - 1, 16)
            page.write_row(0, 0, list(rows[0]), head)
            for at, row in enumerate(rows, 1):
                page.write_row(at, 0, [UNKNOWN if one is None else one for one in row.values()])
            page.autofilter(0, 0, len(rows), len(rows[0]) - 1)


def _dxf(sheet: Sheet, path: Path) -> None:
    from geo.survey.drawn import write_dxf

    write_dxf(sheet, path)


WRITERS: dict[str, Callable[[Sheet, Path], None]] = {
    "gpkg": write_gpkg, "gpx": write_gpx, "kml": write_kml, "xlsx": write_xlsx, "dxf": _dxf,
}  # fmt: skip
MEDIA = {
    "gpkg": "application/geopackage+sqlite3",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "dxf": "image/vnd.dxf",
}


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write by the ending of the file. Raises BadInput for an unknown one, or with no lines."""
    writer = WRITERS.get(path.suffix.lower().removeprefix("."))
    if writer is None:
        known = "、".join(WRITERS)
        raise BadInput(both(f"文件后缀应为 {known}。", f"endings are {known}"), parameter="out")
    if not sheet.lines:
        raise BadInput(
            both(
                "这一天没有登记的界线；可先运行 ./atlas survey lines --store 推导示意线。",
                "no line is on record on that day; ./atlas survey lines --store derives some",
            )
        )
    writer(sheet, path)
