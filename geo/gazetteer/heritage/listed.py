"""Which names stand on lists of heritage and red names, and how well is each placed?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.errors import BadInput, both
from geo.gazetteer.places import units_within
from geo.gazetteer.search import FAMILIES
from geo.validity import today_in_china

LEVELS = ("national", "province", "city", "district")
FAMILY_WORDS = {"heritage": ("地名文化遗产", "heritage name"), "red": ("红色地名", "red name")}


@dataclass(frozen=True)
class Listed:
    """A place on a list: the entry, the place's name, and its position with quality.

    `geometry` is GeoJSON (lon, lat) where the position is known as such; for a place known only to
    a division it is None and `position_unit` names the division whose outline may be drawn.
    """

    code: str
    name: str
    pinyin: str | None
    aliases: tuple[str, ...]
    name_kind: str
    feature_class: str
    family: str
    list_name: str
    list_class: str | None
    list_level: str
    batch: str | None
    listed_year: int | None
    era: str | None
    citation: str | None
    position_quality: str
    position_unit: str | None
    position_unit_name: str | None
    position_note: str | None
    attribution: str | None
    geometry: dict[str, Any] | None


LISTINGS = text(
    """
    SELECT p.code, shown.name, shown.pinyin, shown.kind AS name_kind, p.feature_class, h.family,
           h.list_name, h.list_class, h.list_level, h.batch, h.listed_year, h.era, h.citation,
           p.attribution,
           ARRAY(SELECT n.name FROM place_name n WHERE n.place_id = p.id AND n.id <> shown.id
                 ORDER BY n.id) AS aliases,
           COALESCE(s.quality, 'unknown') AS position_quality,
           COALESCE(s.unit_code, p.located_in) AS position_unit,
           around.name AS position_unit_name, s.citation AS position_note,
           CASE WHEN s.quality IN ('surveyed', 'point', 'approximate')
                THEN ST_AsGeoJSON(ST_SetSRID(s.geom, 4326), 7)::json END AS geometry
    FROM heritage_listing h
    JOIN place p ON p.id = h.place_id
    JOIN LATERAL (
        SELECT n.id, n.name, n.pinyin, n.kind FROM place_name n WHERE n.place_id = p.id
        ORDER BY n.kind = 'standard' DESC, n.id LIMIT 1
    ) shown ON true
    LEFT JOIN LATERAL (
        SELECT q.quality, q.unit_code, q.geom, q.citation
        FROM place_position q WHERE q.place_id = p.id
        ORDER BY array_position(ARRAY['surveyed', 'point', 'approximate', 'township', 'district',
                                      'city', 'unknown'], q.quality) LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT a.name FROM admin_unit a WHERE a.code = COALESCE(s.unit_code, p.located_in)
        ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST LIMIT 1
    ) around ON true
    WHERE (h.listed_year IS NULL OR h.listed_year <= extract(year FROM CAST(:on AS date)))
      AND (CAST(:family AS text) IS NULL OR h.family = :family)
      AND (CAST(:level AS text) IS NULL OR h.list_level = :level)
      AND (CAST(:list_class AS text) IS NULL OR h.list_class = :list_class)
      AND (CAST(:units AS text[]) IS NULL
           OR p.located_in = ANY(:units) OR p.unit_code = ANY(:units))
    ORDER BY h.family, h.list_name, h.id
    """
).bindparams(bindparam("units", type_=ARRAY(Text)))


def listings(
    session: Session | Connection,
    *,
    family: str | None = None,
    within: str | None = None,
    level: str | None = None,
    list_class: str | None = None,
    on: date | None = None,
) -> list[Listed]:
    """Answer the entries of the lists of heritage and red names, in the order of the lists.

    `family` heritage or red; `within` a division's code; `level` of the list (national, province,
    city, district); `list_class` a class within a list. An entry counts for its own level only:
    levels are never added. What was listed after the year of `on` is left out. Raises BadInput for
    an unknown family or level.
    """
    _check("family", family, tuple(sorted(FAMILIES)))
    _check("level", level, LEVELS)
    day = on or today_in_china()
    rows = session.execute(
        LISTINGS,
        {
            "family": family,
            "level": level,
            "list_class": list_class,
            "units": None if within is None else units_within(session, within, day),
            "on": day,
        },
    )
    return [Listed(**{**row._mapping, "aliases": tuple(row.aliases)}) for row in rows]


def _check(parameter: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise BadInput(
            both(
                f"参数 {parameter} 没有「{value[:40]}」这个值；可用：{'、'.join(known)}。",
                f"unknown {parameter} {value[:40]!r}; known: {', '.join(known)}",
            ),
            parameter=parameter,
        )


def listings_geojson(
    session: Session | Connection,
    *,
    family: str | None = None,
    within: str | None = None,
    level: str | None = None,
    list_class: str | None = None,
    on: date | None = None,
) -> bytes:
    """Answer the same entries as a GeoJSON FeatureCollection (lon, lat, no crs member).

    A place known only to a division has geometry null, `position_quality` and `position_unit`.
    """
    found = listings(
        session, family=family, within=within, level=level, list_class=list_class, on=on
    )
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [_feature(entry) for entry in found],
            "numberReturned": len(found),
        }
    )


def _feature(entry: Listed) -> dict[str, Any]:
    properties = asdict(entry)
    geometry = properties.pop("geometry")
    family_zh, family_en = FAMILY_WORDS[entry.family]
    properties |= {"family_zh": family_zh, "family_en": family_en}
    return {"type": "Feature", "id": entry.code, "geometry": geometry, "properties": properties}
