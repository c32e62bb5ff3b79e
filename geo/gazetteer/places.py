"""What is shown of a place: its name on a date, its division, its position and how sure that is?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from geo.errors import NotFound, both
from geo.queries.admin import full_code, not_loaded

EXACT_ENOUGH = ("surveyed", "point", "approximate")
"""Position qualities that may be drawn as a point; the others are areas or hollow marks."""

POSITION_WORDS = {
    "surveyed": "实测位置", "point": "点位已知", "approximate": "位置近似",
    "township": "仅知所在乡镇", "district": "仅知所在区县", "city": "仅知所在城市",
    "unknown": "位置未知",
}  # fmt: skip
"""What the qualities of a position are called."""


@dataclass(frozen=True)
class PlaceFacts:
    """A place as it is shown in a list.

    `unit_code`: the division that the place is, or None; `in_unit_code`, `in_unit_name`: the
    division around it on that date. `lon`, `lat`: degrees of CGCS2000; for a division a point
    inside its territory, None for a place whose position is known only by `position_unit`.
    `listed`: families of lists it stands on (heritage, red).
    """

    code: str
    name: str
    pinyin: str | None
    feature_class: str
    category: str | None
    unit_code: str | None
    in_unit_code: str | None
    in_unit_name: str | None
    lon: float | None
    lat: float | None
    position_quality: str
    position_unit: str | None
    listed: tuple[str, ...]
    source: str | None
    attribution: str | None
    is_synthetic: bool


NAME_SHOWN = """CROSS JOIN LATERAL (
        SELECT n.name, n.pinyin FROM place_name n WHERE n.place_id = p.id
        ORDER BY (n.start_earliest IS NULL OR n.start_earliest <= :year)
                 AND (n.end_latest IS NULL OR n.end_latest >= :year) DESC,
                 array_position(ARRAY['standard', 'short', 'reused_in_place', 'reused_moved',
                                      'popular', 'alias', 'former', 'vanished', 'minority'],
                                n.kind),
                 n.language = 'zh' DESC, n.id
        LIMIT 1
    ) shown"""
"""SQL: the name of place `p` in :year: the standard one in force, else another, Chinese first."""

AROUND = """LEFT JOIN LATERAL (
        SELECT a.code, a.name FROM admin_unit a
        WHERE a.code = CASE WHEN p.unit_code IS NULL THEN p.located_in ELSE own.parent_code END
        ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
        LIMIT 1
    ) around ON true"""
"""SQL: the division around place `p` on :on; `own` is the division that the place is."""

_FACTS = text(
    f"""
    SELECT p.id, p.code, p.feature_class, p.category, p.unit_code, p.source, p.attribution,
           p.is_synthetic, shown.name, shown.pinyin, around.code AS in_unit_code,
           around.name AS in_unit_name,
           pos.quality, pos.unit_code AS position_unit,
           ST_X(COALESCE(pos.point, own.point)) AS lon, ST_Y(COALESCE(pos.point, own.point)) AS lat,
           own.level,
           ARRAY(SELECT DISTINCT h.family FROM heritage_listing h WHERE h.place_id = p.id
                 ORDER BY h.family) AS listed
    FROM place p
    {NAME_SHOWN}
    LEFT JOIN LATERAL (
        SELECT s.quality, s.unit_code,
               CASE WHEN s.quality IN ('surveyed', 'point', 'approximate')
                    THEN ST_PointOnSurface(s.geom) END AS point
        FROM place_position s
        WHERE s.place_id = p.id AND (s.start_year IS NULL OR s.start_year <= :year)
          AND (s.end_year IS NULL OR s.end_year >= :year)
        ORDER BY array_position(ARRAY['surveyed', 'point', 'approximate', 'township', 'district',
                                      'city', 'unknown'], s.quality)
        LIMIT 1
    ) pos ON true
    LEFT JOIN LATERAL (
        SELECT a.level, a.parent_code,
               CASE WHEN ST_Intersects(a.geom, ST_Centroid(a.geom)) THEN ST_Centroid(a.geom)
                    ELSE ST_PointOnSurface(a.geom) END AS point
        FROM admin_unit a WHERE a.code = p.unit_code
        ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
        LIMIT 1
    ) own ON p.unit_code IS NOT NULL
    {AROUND}
    WHERE p.id = ANY(CAST(:ids AS bigint[]))
    """
)

# A division that is gone on the date still belongs below the parent of its last version.
_WITHIN = text(
    """
    WITH RECURSIVE tree (code) AS (
        SELECT code FROM admin_unit WHERE code = :code
        UNION
        SELECT a.code FROM tree t JOIN admin_unit a ON a.parent_code = t.code
        WHERE a.validity @> CAST(:on AS date)
           OR NOT EXISTS (SELECT FROM admin_unit b
                          WHERE b.code = a.code AND b.validity @> CAST(:on AS date))
    )
    SELECT code FROM tree
    """
)

# Up the stated superiors to the first division that has an outline; a city's middle says nothing.
_STAND_INS = text(
    """
    WITH RECURSIVE up (asked, code, steps) AS (
        SELECT code, code, 0 FROM unnest(CAST(:codes AS text[])) AS wanted (code)
        UNION ALL
        SELECT up.asked, own.parent_code, up.steps + 1 FROM up
        CROSS JOIN LATERAL (
            SELECT a.parent_code FROM admin_unit a WHERE a.code = up.code
            ORDER BY (a.validity @> CAST(:on AS date)) DESC, upper(a.validity) DESC NULLS FIRST
            LIMIT 1
        ) own
        WHERE own.parent_code IS NOT NULL AND up.steps < 3
    )
    SELECT DISTINCT ON (up.asked) up.asked, a.code, a.name,
           ST_X(own.point) AS lon, ST_Y(own.point) AS lat
    FROM up
    JOIN admin_unit a ON a.code = up.code AND a.validity @> CAST(:on AS date)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN ST_Intersects(a.geom, ST_Centroid(a.geom)) THEN ST_Centroid(a.geom)
                    ELSE ST_PointOnSurface(a.geom) END AS point
    ) own
    WHERE a.level >= 3 AND a.geom IS NOT NULL
    ORDER BY up.asked, up.steps
    """
)

_LEVEL_QUALITY = {1: "city", 2: "city", 3: "district", 4: "township", 5: "township"}


def facts_of(
    session: Session | Connection, place_ids: Sequence[int], on: date
) -> dict[int, PlaceFacts]:
    """Answer what is shown of each place on a date, by place id."""
    if not place_ids:
        return {}
    rows = session.execute(_FACTS, {"ids": list(place_ids), "on": on, "year": on.year})
    return {row.id: _facts(row) for row in rows}


def _facts(row: Row[Any]) -> PlaceFacts:
    quality, unit = row.quality, row.position_unit
    if quality is None and row.level is not None:
        quality, unit = _LEVEL_QUALITY[row.level], row.unit_code
    return PlaceFacts(
        code=row.code,
        name=row.name,
        pinyin=row.pinyin,
        feature_class=row.feature_class,
        category=row.category,
        unit_code=row.unit_code,
        in_unit_code=row.in_unit_code,
        in_unit_name=row.in_unit_name,
        lon=row.lon,
        lat=row.lat,
        position_quality=quality or "unknown",
        position_unit=unit,
        listed=tuple(row.listed),
        source=row.source,
        attribution=row.attribution,
        is_synthetic=row.is_synthetic,
    )


@dataclass(frozen=True)
class StandIn:
    """The division whose middle stands for one without an outline; lon, lat in degrees, 4490."""

    code: str
    name: str
    lon: float
    lat: float


def stand_ins(session: Session | Connection, codes: Sequence[str], on: date) -> dict[str, StandIn]:
    """Answer for each division itself or its nearest superior with an outline, down from districts.

    A division of which no district around has an outline is left out.
    """
    if not codes:
        return {}
    rows = session.execute(_STAND_INS, {"codes": list(codes), "on": on})
    return {row.asked: StandIn(row.code, row.name, row.lon, row.lat) for row in rows}


def units_within(session: Session | Connection, code: str, on: date) -> list[str]:
    """Answer a division's code and those of all divisions below it on a date.

    Short codes are padded to twelve digits. Raises BadInput for a malformed code, NotFound for an
    unknown one.
    """
    full = full_code(code)
    codes = list(session.execute(_WITHIN, {"code": full, "on": on}).scalars())
    if not codes:
        zh, en = not_loaded(session, full)
        raise NotFound(
            both(f"数据库里没有区划 {full}。{zh}", f"division {full} is not in this database. {en}")
        )
    return codes
