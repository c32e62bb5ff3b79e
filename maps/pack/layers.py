"""How do lines, markers, stretches and tri-junctions become GeoPackage, GPX and KML?

GPX and KML are WGS 84 by their standards; CGCS2000 agrees with it within a metre, and both say so.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import shapely

from geo.survey.inspections.ground import Ground
from geo.survey.inspections.words import BASES, STATES, UNKNOWN
from geo.text.cells import clean
from maps.pack.told import INTERNAL

ABOUT_CRS = "坐标为 CGCS2000（EPSG:4490），与 WGS 84 相差不足 1 米"


def as_geopackage(ground: Ground) -> bytes:
    """A GeoPackage in EPSG:4490 with a layer each of lines, stretches, markers, tri-junctions."""
    layers: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("界线", "MultiLineString", [_line(line) for line in ground.lines]),
        ("界线段", "MultiLineString", [_stretch(ground, part) for part in ground.stretches]),
        ("界桩", "Point", [_marker(marker) for marker in ground.markers]),
        ("三交点", "Point", [_junction(one) for one in ground.junctions]),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.gpkg"
        for name, kind, rows in layers:
            if rows:
                frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490")
                frame.to_file(
                    path, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind,
                    dataset_metadata={"NOTICE": INTERNAL},
                )  # fmt: skip
        return path.read_bytes()


def _line(line: Any) -> dict[str, Any]:
    return {
        "界线代码": line.code, "名称": line.label, "级别": line.level, "依据": BASES[line.basis],
        "左侧": line.left_name or line.left_code, "右侧": line.right_name or line.right_code,
        "量算长度_米": round(line.ruler.total_m, 1), "是否争议": "是" if line.is_disputed else "否",
        "是否合成": "是" if line.is_synthetic else "否", "密级": INTERNAL, "geometry": line.geom,
    }  # fmt: skip


def _stretch(ground: Ground, part: Any) -> dict[str, Any]:
    return {
        "段号": part.id, "界线": ground.line(part.line_code).label, "起": part.from_label,
        "止": part.to_label, "起里程_米": round(part.from_m, 1), "止里程_米": round(part.to_m, 1),
        "密级": INTERNAL, "geometry": part.geom,
    }  # fmt: skip


def _marker(marker: Any) -> dict[str, Any]:
    about = marker.about
    place = None if marker.lon is None else shapely.Point(marker.lon, marker.lat)
    return {
        "界桩编号": marker.number, "界线": "、".join(marker.line_codes),
        "类型": about["type_code"], "状态": STATES[about["state"]], "材质": about["material"],
        "位置描述": about["position_text"], "坐标近似": "是" if about["is_approximate"] else "否",
        "档案坐标系": about["archived_crs"], "是否合成": "是" if about["is_synthetic"] else "否",
        "密级": INTERNAL, "geometry": place,
    }  # fmt: skip


def _junction(one: Any) -> dict[str, Any]:
    return {
        "单位": "、".join(one.units), "界线数": one.lines, "密级": INTERNAL,
        "geometry": shapely.Point(one.lon, one.lat),
    }  # fmt: skip


def as_gpx(title: str, ground: Ground) -> bytes:
    """GPX 1.1: markers and tri-junctions as waypoints, lines as routes to follow."""
    spots = "".join(
        f'<wpt lat="{lat:.8f}" lon="{lon:.8f}"><name>{_t(name)}</name><desc>{_t(about)}</desc>'
        f"<sym>{symbol}</sym></wpt>"
        for name, about, lon, lat, symbol in _spots(ground)
    )
    lines = "".join(
        f"<trk><name>{_t(line.label)}</name><desc>{_t(_about(line))}</desc>"
        + "".join(
            "<trkseg>"
            + "".join(f'<trkpt lat="{y:.8f}" lon="{x:.8f}"/>' for x, y in part.coords)
            + "</trkseg>"
            for part in line.geom.geoms
        )
        + "</trk>"
        for line in ground.lines
    )
    made = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Minzheng Atlas" '
        'xmlns="http://www.topografix.com/GPX/1/1"><metadata>'
        f"<name>{_t(title)}</name><desc>{INTERNAL}；{ABOUT_CRS}</desc></metadata>{spots}{lines}</gpx>"
    )
    return made.encode()


def as_kml(title: str, ground: Ground) -> bytes:
    """KML 2.2: folders of lines, markers and tri-junctions; disputed lines are red."""
    lines = "".join(
        f"<Placemark><name>{_t(line.label)}</name><description>{_t(_about(line))}</description>"
        f"<styleUrl>#{'disputed' if line.is_disputed else 'line'}</styleUrl><MultiGeometry>"
        + "".join(
            "<LineString><coordinates>"
            + " ".join(f"{x:.8f},{y:.8f}" for x, y in part.coords)
            + "</coordinates></LineString>"
            for part in line.geom.geoms
        )
        + "</MultiGeometry></Placemark>"
        for line in ground.lines
    )
    spots = "".join(
        f"<Placemark><name>{_t(name)}</name><description>{_t(about)}</description><Point>"
        f"<coordinates>{lon:.8f},{lat:.8f}</coordinates></Point></Placemark>"
        for name, about, lon, lat, _ in _spots(ground)
    )
    styles = "".join(
        f"<Style id={quoteattr(name)}><LineStyle><color>{colour}</color><width>3</width>"
        "</LineStyle></Style>"
        for name, colour in (("line", "ff5c6912"), ("disputed", "ff1c1c8a"))
    )
    made = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>{_t(title)}</name><description>{INTERNAL}；{ABOUT_CRS}</description>"
        f"{styles}<Folder><name>界线</name>{lines}</Folder>"
        f"<Folder><name>界桩和三交点</name>{spots}</Folder></Document></kml>"
    )
    return made.encode()


def _spots(ground: Ground) -> list[tuple[str, str, float, float, str]]:
    made = [
        (m.number, f"{STATES[m.about['state']]}；{m.about['position_text'] or UNKNOWN}",
         m.lon, m.lat, "Flag, Red")
        for m in ground.markers
        if m.lon is not None and m.lat is not None
    ]  # fmt: skip
    made += [
        (f"三交点 {n}", "、".join(j.units), j.lon, j.lat, "Triangle, Blue")
        for n, j in enumerate(ground.junctions, 1)
    ]
    return made


def _about(line: Any) -> str:
    disputed = "；有争议，仅限内部" if line.is_disputed else ""
    return f"{line.code}；依据{BASES[line.basis]}；量算 {line.ruler.total_m:.0f} 米{disputed}"


def _t(text: str) -> str:
    return escape(clean(text))
