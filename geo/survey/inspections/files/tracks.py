"""Where did the teams walk? Tracks of GPX 1.0/1.1, KML and KMZ, as lines in EPSG:4490.

GPX and KML are WGS 84 by their standards, and so within a metre of CGCS2000: what is read is only
relabelled, and the track serves to tell what was walked, not to measure.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geo.errors import BadInput, both
from geo.validity import CHINA_TIME

MOST_POINTS = 500_000
Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Track:
    """One file's track. skipped: points that lie nowhere in China or are no numbers."""

    geom: Any
    points: int
    skipped: int
    started_at: datetime | None
    ended_at: datetime | None


def read_track(content: bytes, ending: str) -> Track:
    """The track of a GPX, KML or KMZ file. Raises BadInput for one without a track."""
    root = _xml(_unpacked(content) if ending == ".kmz" else content)
    parts, times = ([], []) if root is None else _parts(root)
    kept: list[Points] = []
    skipped = 0
    for part in parts:
        good = [(x, y) for x, y in part if 73 <= x <= 136 and 0 <= y <= 54]
        skipped += len(part) - len(good)
        if len(good) > 1:
            kept.append(good)
    if not kept:
        raise _bad(
            "文件中没有轨迹（至少两个中国境内的点）。", "there is no track of two points in it"
        )
    total = sum(len(part) for part in kept)
    if total > MOST_POINTS:
        raise _bad(f"轨迹点 {total} 个，最多 {MOST_POINTS} 个。", f"more than {MOST_POINTS} points")
    geom = shapely.MultiLineString(kept)
    return Track(geom, total, skipped, min(times, default=None), max(times, default=None))


def _unpacked(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            name = next(n for n in bundle.namelist() if n.lower().endswith(".kml"))
            with bundle.open(name) as file:
                return file.read(50_000_000)
    except (zipfile.BadZipFile, StopIteration, RuntimeError, NotImplementedError):
        raise _bad("KMZ 无法打开。", "the KMZ cannot be opened") from None


def _xml(content: bytes) -> Element | None:
    try:
        root: Element | None = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise _bad(
            "不是可以读取的 GPX 或 KML。", "this is no GPX or KML that can be read"
        ) from None
    return root


def _parts(root: Element) -> tuple[list[Points], list[datetime]]:
    parts: list[Points] = []
    times: list[datetime] = []
    for element in root.iter():
        name = _local(element)
        if name in ("trkseg", "rte"):
            points = [one for one in element if _local(one) in ("trkpt", "rtept")]
            parts.append([_lon_lat(one.get("lon"), one.get("lat")) for one in points])
            times += _times(points)
        elif name == "LineString":
            for child in element:
                if _local(child) == "coordinates":
                    parts.append([_lon_lat(*t.split(",")[:2]) for t in (child.text or "").split()])
        elif name == "Track":
            told = [(c.text or "").split() for c in element if _local(c) == "coord"]
            parts.append([_lon_lat(*one[:2]) for one in told])
            times += _stamps(c.text for c in element if _local(c) == "when")
    return parts, times


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _lon_lat(lon: str | None = None, lat: str | None = None) -> tuple[float, float]:
    """A pair; what is no number becomes a place nowhere, which is counted as skipped."""
    try:
        return float(lon or "nan"), float(lat or "nan")
    except ValueError:
        return float("nan"), float("nan")


def _times(points: list[Element]) -> list[datetime]:
    return list(_stamps(c.text for point in points for c in point if _local(c) == "time"))


def _stamps(texts: Any) -> Iterator[datetime]:
    for text in texts:
        try:
            at = datetime.fromisoformat((text or "").strip())
        except ValueError:
            continue
        yield at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)


def _bad(zh: str, en: str) -> BadInput:
    return BadInput(both(zh, en), parameter="file")
