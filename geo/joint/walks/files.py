"""How does a walk reach a phone as GPX or KML, and how does a recorded track come back?

WGS 84 in both formats; CGCS2000 agrees with it to a metre, and is written as it is.
"""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from geo.errors import BadInput, both
from geo.joint.walks.found import KIND_ZH, WalkStop
from geo.joint.walks.kept import KeptWalk
from geo.joint.walks.plan import Walk
from geo.loaders.reading import read_table
from geo.survey.inspections.walked import Walked, walked

GPX = "http://www.topografix.com/GPX/1/1"
KML = "http://www.opengis.net/kml/2.2"


@dataclass(frozen=True, slots=True)
class WalkSheet:
    """What a file of a walk holds. internal: with markers at their places, and says so."""

    title: str
    geom: Any
    stops: Sequence[WalkStop]
    notes: tuple[str, ...]


def sheet_of(walk: Walk, *, title: str | None = None, internal: bool = False) -> WalkSheet:
    """The file of a planned walk; without the right only public stops, and no marker's place."""
    minutes = f"{walk.minutes:.0f} 分钟"
    notes = [
        walk.caution, f"{walk.line.label}，全程约 {walk.length_m / 1000:.1f} 千米，{minutes}",
        *(["内部资料，含界桩位置，不得外传 · internal"] if internal else []),
        *(["含合成数据 · holds synthetic data"] if walk.has_synthetic else []),
    ]  # fmt: skip
    stops = walk.stops if internal else walk.public_stops
    return WalkSheet(title or f"{walk.line.label}边界行", walk.geom, stops, tuple(notes))


def sheet_of_kept(one: KeptWalk) -> WalkSheet:
    """The file of a kept walk: what is kept is what may be public."""
    notes = [
        one.caution,
        f"{one.line_label}，全程约 {one.length_m / 1000:.1f} 千米",
        f"约 {one.minutes:.0f} 分钟，不含停留",
        *(["含合成数据 · holds synthetic data"] if one.is_synthetic else []),
    ]  # fmt: skip
    stops = [
        WalkStop(
            s["kind"], s["name"], s["at_m"], s["offset_m"], s["lon"], s["lat"],
            tuple((told["text"], told["source"]) for told in s["told"]), tuple(s["lists"]),
        )
        for s in one.stops
    ]  # fmt: skip
    return WalkSheet(one.title, one.geom, stops, tuple(notes))


def write_walk(sheet: WalkSheet, path: Path) -> None:
    """Write a walk as .gpx or .kml. Raises BadInput for another ending, or a place that cannot be
    written to."""
    ending = path.suffix.lower()
    if ending not in (".gpx", ".kml"):
        raise BadInput(
            both("文件后缀应为 gpx 或 kml。", "endings are gpx and kml"), parameter="out"
        )
    try:
        path.write_bytes(gpx_of(sheet) if ending == ".gpx" else kml_of(sheet))
    except OSError as problem:
        raise BadInput(
            both(
                f"写不到 {path}：{problem.strerror}。", f"cannot write {path}: {problem.strerror}"
            ),
            parameter="out",
        ) from None


def gpx_of(sheet: WalkSheet) -> bytes:
    """GPX 1.1: the stops as waypoints, the route as a track."""
    root = Xml.Element("gpx", {"version": "1.1", "creator": "Minzheng Atlas", "xmlns": GPX})
    about = Xml.SubElement(root, "metadata")
    _add(about, "name", sheet.title)
    _add(about, "desc", "；".join(sheet.notes))
    for one in sheet.stops:
        if one.lon is None or one.lat is None:
            continue
        point = Xml.SubElement(root, "wpt", {"lat": f"{one.lat:.7f}", "lon": f"{one.lon:.7f}"})
        _add(point, "name", one.name)
        _add(point, "desc", _words(one))
        _add(point, "type", KIND_ZH[one.kind])
    track = Xml.SubElement(root, "trk")
    _add(track, "name", sheet.title)
    for part in shapely.get_parts(sheet.geom):
        segment = Xml.SubElement(track, "trkseg")
        for lon, lat in shapely.get_coordinates(part):
            Xml.SubElement(segment, "trkpt", {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"})
    return _bytes(root)


def kml_of(sheet: WalkSheet) -> bytes:
    """KML 2.2: the same."""
    root = Xml.Element("kml", {"xmlns": KML})
    document = Xml.SubElement(root, "Document")
    _add(document, "name", sheet.title)
    _add(document, "description", "；".join(sheet.notes))
    for one in sheet.stops:
        if one.lon is None or one.lat is None:
            continue
        mark = Xml.SubElement(document, "Placemark")
        _add(mark, "name", one.name)
        _add(mark, "description", _words(one))
        _add(Xml.SubElement(mark, "Point"), "coordinates", f"{one.lon:.7f},{one.lat:.7f}")
    mark = Xml.SubElement(document, "Placemark")
    _add(mark, "name", sheet.title)
    several = Xml.SubElement(mark, "MultiGeometry")
    for part in shapely.get_parts(sheet.geom):
        line = Xml.SubElement(several, "LineString")
        places = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in shapely.get_coordinates(part))
        _add(line, "coordinates", places)
    return _bytes(root)


def recorded_share(walk: Walk, files: Sequence[Path], *, within_m: float | None = None) -> Walked:
    """How much of a walk's route recorded tracks (GPX, KML, GeoJSON …) come near, and what not.

    `within_m`: default ATLAS_WALKED_WITHIN_M. The files are read and not kept. Raises
    DeliveryRefused for a file that cannot be read, BadInput for one without lines.
    """
    tracks = []
    for path in files:
        shapes = read_table(path, "tracks" if _has_tracks(path) else None).geometry
        lines = [] if shapes is None else [
            one for one in shapes if one is not None and shapely.get_dimensions(one) == 1
        ]  # fmt: skip
        if not lines:
            raise BadInput(
                both(f"{path.name} 中没有轨迹线。", f"{path.name} holds no track"),
                parameter="track",
            )
        tracks += lines
    return walked(walk.geom, tracks, within_m=within_m)


def _has_tracks(path: Path) -> bool:
    """A GPX file with waypoints beside its track: the track is meant."""
    try:
        return path.suffix.lower() == ".gpx" and b"<trk" in path.read_bytes()
    except OSError:
        return False


def _words(one: WalkStop) -> str:
    told = [f"{text}{f'（{source}）' if source else ''}" for text, source in one.told]
    return "；".join([*told, *(f"列入{name}" for name in one.lists)]) or KIND_ZH[one.kind]


def _add(parent: Xml.Element, tag: str, words: str) -> None:
    Xml.SubElement(parent, tag).text = words


def _bytes(root: Xml.Element) -> bytes:
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))
