"""Which old names, markers and tri-junctions lie along a stretch of boundary?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import shapely
from sqlalchemy import text

from geo.queries.admin import Reader
from geo.survey.course.track import Track
from geo.survey.register import LineOnRecord, markers_on_record

StopKind = Literal["start", "name", "junction", "marker", "end"]
KIND_ZH = {"start": "起点", "name": "老地名", "junction": "三交点", "marker": "界桩", "end": "终点"}
OLD_KINDS_ZH = {
    "former": "曾用名", "vanished": "消失地名", "reused_in_place": "原址启用",
    "reused_moved": "移位启用", "popular": "俗称", "alias": "别名",
}  # fmt: skip
_DEGREES_PER_METRE = 1 / 38_000

_NAMES = text("""
SELECT p.code, p.is_published, p.is_synthetic, p.source, p.attribution, p.origin,
    ST_X(c.point) AS lon, ST_Y(c.point) AS lat,
    (SELECT n.name FROM place_name n WHERE n.place_id = p.id AND n.kind = 'standard'
        AND (n.start_earliest IS NULL OR n.start_earliest <= :year)
        AND (n.end_latest IS NULL OR n.end_latest >= :year) ORDER BY n.id LIMIT 1) AS today,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', n.name, 'kind', n.kind, 'from',
        n.start_earliest, 'to', n.end_latest, 'citation', n.citation) ORDER BY n.id), '[]')
     FROM place_name n WHERE n.place_id = p.id AND n.kind = ANY(:kinds)) AS old,
    ARRAY(SELECT DISTINCT h.list_name FROM heritage_listing h WHERE h.place_id = p.id
          ORDER BY h.list_name) AS lists
FROM place p
JOIN place_position s ON s.place_id = p.id
CROSS JOIN LATERAL (SELECT ST_ClosestPoint(s.geom, ST_GeomFromWKB(:line, 4490)) AS point) c
WHERE ST_DWithin(s.geom, ST_GeomFromWKB(:line, 4490), :reach)
  AND s.quality IN ('surveyed', 'point', 'approximate') AND p.unit_code IS NULL""")
_MEETING = text("""
SELECT l.left_code, l.right_code FROM boundary_line l
WHERE l.validity @> CAST(:on AS date) AND l.level = :level
  AND ST_DWithin(l.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), 1e-7)""")
_UNIT_NAMES = text("""
SELECT u.code, u.name FROM admin_unit u
WHERE u.code = ANY(:codes) AND u.validity @> CAST(:on AS date)""")


@dataclass(frozen=True, slots=True)
class WalkStop:
    """A stop. at_m: metres from the start of the walk, along the boundary (量算值); offset_m: how
    far aside. told: what is on record, each with its source. is_public: the public may know of it.
    """

    kind: StopKind
    name: str
    at_m: float
    offset_m: float
    lon: float | None
    lat: float | None
    told: tuple[tuple[str, str | None], ...] = ()
    lists: tuple[str, ...] = ()
    source: str | None = None
    code: str | None = None
    is_public: bool = True
    is_synthetic: bool = False


def old_names(
    session: Reader, track: Track, start_m: float, end_m: float, *, on: date, near_m: float
) -> list[WalkStop]:
    """Places within metres of a stretch that had another name, or are listed as heritage.

    Only positions known as a point; a division is no stop. Each at the nearest place of the line.
    """
    asked = {
        "line": shapely.to_wkb(track.stretch(start_m, end_m)), "year": on.year,
        "reach": near_m * _DEGREES_PER_METRE, "kinds": list(OLD_KINDS_ZH),
    }  # fmt: skip
    made: dict[str, WalkStop] = {}
    for row in session.execute(_NAMES, asked):
        at, aside = (float(one[0]) for one in track.locate((row.lon, row.lat)))
        name = row.today or next((one["name"] for one in row.old), None)
        is_on = start_m - 1e-6 <= at <= end_m + 1e-6
        if name is None or not (row.old or row.lists) or aside > near_m or not is_on:
            continue
        stop = WalkStop(
            "name", name, at - start_m, aside, row.lon, row.lat, _told(row), tuple(row.lists),
            row.attribution or row.source, row.code, row.is_published, row.is_synthetic,
        )  # fmt: skip
        if row.code not in made or made[row.code].offset_m > aside:
            made[row.code] = stop
    return list(made.values())


def _told(row: Any) -> tuple[tuple[str, str | None], ...]:
    """What is on record of a place: its other names with years, and the origin of the name."""
    told = []
    for one in row.old:
        if one["name"] == row.today:
            continue
        years = _years(one["from"], one["to"])
        told.append((f"{OLD_KINDS_ZH[one['kind']]}：{one['name']}{years}", one["citation"]))
    if row.origin:
        told.append((row.origin, row.source))
    return tuple(told)


def _years(first: int | None, last: int | None) -> str:
    if first is None and last is None:
        return "（年代未知）"
    return f"（{'未知' if first is None else first}—{'未知或今' if last is None else last}）"


def markers_along(
    session: Reader, line: LineOnRecord, track: Track, start_m: float, end_m: float, *, on: date
) -> list[WalkStop]:
    """The markers on a stretch with their places: for staff only, never public as they are."""
    made = []
    for one in markers_on_record(session, [line.code], on=on):
        if one.lon is None or one.lat is None:
            continue
        at, aside = (float(value[0]) for value in track.locate((one.lon, one.lat)))
        if aside <= 200 and start_m - 1e-6 <= at <= end_m + 1e-6:
            made.append(WalkStop(
                "marker", f"{one.number}号界桩", at - start_m, aside, one.lon, one.lat,
                source=one.source, code=one.number, is_public=False, is_synthetic=one.is_synthetic,
            ))  # fmt: skip
    return made


def junctions_along(
    session: Reader, line: LineOnRecord, track: Track, start_m: float, end_m: float, *, on: date
) -> list[WalkStop]:
    """Ends of the line within a stretch at which exactly three divisions meet.

    Where the line rests on a document its end is a surveyed point: it is not public then.
    """
    made = []
    for at, place in ((0.0, track.lonlat[0]), (track.length_m, track.lonlat[-1])):
        if not start_m - 1e-6 <= at <= end_m + 1e-6:
            continue
        lon, lat = float(place[0]), float(place[1])
        asked = {"on": on, "level": line.level, "lon": lon, "lat": lat}
        rows = session.execute(_MEETING, asked).all()
        codes = sorted({code for row in rows for code in (row.left_code, row.right_code)})
        if len(rows) < 3 or len(codes) != 3:
            continue
        found = {r.code: r.name for r in session.execute(_UNIT_NAMES, {"codes": codes, "on": on})}
        names = "、".join(found.get(code, code) for code in codes)
        made.append(WalkStop(
            "junction", f"{names}三交点", at - start_m, 0.0, lon, lat, source=line.source,
            is_public=line.is_derived, is_synthetic=line.is_synthetic,
        ))  # fmt: skip
    return made
