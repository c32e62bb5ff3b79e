"""What facilities are there, where, with how many beds, and what is planned for each?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.access.figures.asked import Answer, Asked, Line, Origin
from geo.access.radius.areas import AREA_ROWS
from geo.access.radius.seen import as_seen
from geo.models.kinds import KINDS
from geo.queries.admin import BELOW, Reader

ELDERLY = ("elder_home", "community", "meal")
"""The groups of facilities that a plan for elder care is about."""

ELDER_KINDS = tuple(code for code, kind in KINDS.items() if kind.group in ELDERLY)
HOME_KINDS = tuple(code for code, kind in KINDS.items() if kind.group == "elder_home")

STATES_ZH = {
    "open": "在用", "under_construction": "在建", "planned": "规划", "paused": "暂停",
    "closed": "关闭",
}  # fmt: skip
MEASURES = ("保留", "新建", "改建", "扩建", "撤并", "未知")
"""What the national guide sorts facilities by; 未知 where no document says."""

STOCK_TABLES = ("admin_unit", "planning_zone", "facility")
MUST_HAVE_TABLES = ("admin_unit", "planning_zone", "facility", "standard_rule")
ESTATE_TABLES = ("admin_unit", "standard_rule", "estate")
MEASURE_TABLES = ("admin_unit", "facility", "construction_project")

_STAMPED = text("SELECT coalesce(sum(stamp), 0) FROM data_stamp WHERE table_name = ANY(:tables)")
_UNSTAMPED = {
    table: text(f"SELECT coalesce(max(row_version), 0) + count(*) FROM {table}")
    for table in (
        "estate", "construction_project", "scenario_change", "stated_figure", "work_item",
    )
} | {"work_event": text("SELECT coalesce(max(id), 0) + count(*) FROM work_event")}  # fmt: skip

# A facility lies in the areas that hold it; of two that share a border, in the first, as people do.
_LISTED = """SELECT f.code, f.name, f.kinds, f.state, f.beds_total, f.beds_nursing, f.beds_free,
    f.admin_code, ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat, f.source, f.source_date,
    f.is_synthetic, coalesce(a.code, '?') AS area_code,
    coalesce(a.name, '区域外或未知') AS area_name{more}
FROM facility f
LEFT JOIN LATERAL (SELECT a.code, a.name FROM ({areas}) AS a
    WHERE ST_Intersects(a.geom, f.geom) ORDER BY a.code LIMIT 1) AS a ON true
WHERE f.kinds && CAST(:kinds AS text[]) AND f.validity @> CAST(:on AS date)
  AND f.state <> 'closed' AND (a.code IS NOT NULL OR f.admin_code IN (SELECT code FROM below))
ORDER BY f.code"""

# What is planned for it: as the delivery states it, else by the building project that names it.
_PLANNED = """, nullif(trim(f.extra ->> '规划措施'), '') AS stated_measure,
    (SELECT string_agg(DISTINCT p.project_class, '、') FROM construction_project p
        WHERE p.facility_code = f.code AND p.validity @> CAST(:on AS date)) AS project_class,
    (SELECT string_agg(p.name || coalesce(' ' || p.stage, ''), '、' ORDER BY p.code)
        FROM construction_project p
        WHERE p.facility_code = f.code AND p.validity @> CAST(:on AS date)) AS project,
    (SELECT min(extract(year FROM p.due_on))::int FROM construction_project p
        WHERE p.facility_code = f.code AND p.validity @> CAST(:on AS date)) AS due_year"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A facility that is not closed. measure: one of MEASURES; ground: what says so.

    due_year: year in which its project is due; None = unknown.
    """

    code: str
    name: str
    kinds: tuple[str, ...]
    state: str
    beds_total: int | None
    area_code: str
    area_name: str
    lon: float
    lat: float
    measure: str
    ground: str
    due_year: int | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Beds:
    """Bed counts by area code; "" is the sum."""

    rows: dict[str, dict[str, float | None]]
    origins: tuple[Origin, ...]
    has_synthetic: bool

    def values(self, code: str) -> dict[str, float | None]:
        """A copy of one area's counts; an area without any facility has 0 of each."""
        return dict(self.rows.get(code, _no_beds()))


def facilities_listed(
    session: Reader, *, city: str, on: date, areas: str = "district", published_only: bool = False
) -> tuple[Listed, ...]:
    """Every facility for elders that is not closed, by code, with what is planned for it.

    areas: the sort of area whose code and name are given. Published reads know no projects, so
    that only what the state says is told there.
    """
    asked = Asked("list", city, on, areas, published_only=published_only)
    return tuple(_listed(row) for row in _rows(session, asked, planned=not published_only))


def stock_answer(session: Reader, asked: Asked) -> Answer:
    """Facilities in use of each kind by area, and those being built, planned, paused.

    The key is the kind; values: `open:<area code>`, `open`, `under_construction`, `planned`,
    `paused`. A facility of several kinds counts under each; the key "" counts each once.
    """
    stamp = stamp_of(session, STOCK_TABLES)
    rows = _rows(session, asked)
    with as_seen(session, published_only=asked.published_only):
        codes = [area.code for area in _areas(session, asked)]
    lines = []
    for kind in (*ELDER_KINDS, ""):
        own = [row for row in rows if not kind or kind in row.kinds]
        if not own:
            continue
        values: dict[str, float | None] = {
            state: sum(row.state == state for row in own) for state in list(STATES_ZH)[:4]
        }
        for code in codes:
            values[f"open:{code}"] = sum(r.state == "open" and r.area_code == code for r in own)
        name = KINDS[kind].zh if kind else "合计（每处只计一次）"
        lines.append(Line(kind, name, values, any(row.is_synthetic for row in own)))
    return Answer(
        asked, tuple(lines),
        f"状态截至 {asked.on.isoformat()}；按位置归入区域；一处多种功能的在各类分别计数，"
        "合计行每处只计一次；已关闭的不列。",
        _origins(rows), STOCK_TABLES, stamp,
    )  # fmt: skip


def sites_answer(session: Reader, asked: Asked) -> Answer:
    """Facilities in use by area; the key is the area code, values: `open:<kind>` and `open`."""
    stamp = stamp_of(session, STOCK_TABLES)
    rows = [row for row in _rows(session, asked) if row.state == "open"]
    with as_seen(session, published_only=asked.published_only):
        areas = _areas(session, asked)
    lines = []
    for area in areas:
        own = [row for row in rows if row.area_code == area.code]
        values: dict[str, float | None] = {"open": len(own)}
        for kind in ELDER_KINDS:
            values[f"open:{kind}"] = sum(kind in row.kinds for row in own)
        note = "" if area.is_drawn else "无边界，未知"
        if note:
            values = dict.fromkeys(values)
        lines.append(Line(area.code, area.name, values, any(r.is_synthetic for r in own), note))
    return Answer(
        asked, tuple(lines),
        f"在用设施，状态截至 {asked.on.isoformat()}；按位置归入区域；"
        "一处多种功能的在各类分别计数。",
        _origins(rows), STOCK_TABLES, stamp,
    )  # fmt: skip


def measures_answer(session: Reader, asked: Asked) -> Answer:
    """Facilities by planned measure; the key is the area code, total last (key "")."""
    stamp = stamp_of(session, MEASURE_TABLES)
    rows = _rows(session, asked, planned=not asked.published_only)
    listed = [_listed(row) for row in rows]
    names = {one.area_code: one.area_name for one in listed}
    lines = []
    for code in (*sorted(names), ""):
        own = [one for one in listed if not code or one.area_code == code]
        values: dict[str, float | None] = {
            name: sum(one.measure == name for one in own) for name in MEASURES
        }
        values["sites"] = len(own)
        synthetic = any(one.is_synthetic for one in own)
        lines.append(Line(code, names.get(code, "合计"), values, synthetic))
    return Answer(asked, tuple(lines), MEASURE_RULE, _origins(rows), MEASURE_TABLES, stamp)


MEASURE_RULE = (
    "措施取自数据中的「规划措施」，其次取自关联建设项目的类别；在建、规划中的设施为新建；"
    "在用、暂停而无文件说明的为未知，不推定为保留。"
)


def beds(session: Reader, asked: Asked) -> Beds:
    """Beds of facilities in use by area, each facility once."""
    rows = [row for row in _rows(session, asked) if row.state == "open"]
    made: dict[str, dict[str, float | None]] = {}
    for code in {*(row.area_code for row in rows), ""}:
        own = [row for row in rows if not code or row.area_code == code]
        homes = [row for row in own if set(row.kinds).intersection(HOME_KINDS)]
        others = [row for row in own if row not in homes]
        whole = sum(row.beds_total or 0 for row in own)
        known = [row for row in own if row.beds_total and row.beds_nursing is not None]
        nursing, of = sum(r.beds_nursing for r in known), sum(r.beds_total for r in known)
        made[code] = {
            "beds": whole,
            "beds_home": sum(row.beds_total or 0 for row in homes),
            "beds_community": sum(row.beds_total or 0 for row in others),
            "homes": len(homes),
            "homes_unknown": sum(row.beds_total is None for row in homes),
            "nursing": nursing,
            "nursing_of": of,
            "nursing_share": nursing / of if of else None,
        }
    return Beds(made, _origins(rows), any(row.is_synthetic for row in rows))


def stamp_of(session: Reader, tables: Sequence[str]) -> int:
    """The state of some tables; grows with every write that changes or adds a row."""
    stamp = int(session.execute(_STAMPED, {"tables": list(tables)}).scalar_one())
    return stamp + sum(
        int(session.execute(asked).scalar_one())
        for table, asked in _UNSTAMPED.items()
        if table in tables
    )


def _no_beds() -> dict[str, float | None]:
    names = ("beds", "beds_home", "beds_community", "homes", "homes_unknown", "nursing")
    return dict.fromkeys(names, 0) | {"nursing_of": 0, "nursing_share": None}


def _rows(session: Reader, asked: Asked, *, planned: bool = False) -> list[Any]:
    """The facilities of a question, each with the area that holds it."""
    said = _LISTED.format(areas="SELECT * FROM area", more=_PLANNED if planned else "")
    statement = text(
        f"WITH RECURSIVE {BELOW}, area AS MATERIALIZED ({AREA_ROWS[asked.areas]}) {said}"
    )
    values = {"code": asked.city, "on": asked.on, "kinds": list(ELDER_KINDS)}
    with as_seen(session, published_only=asked.published_only):
        return list(session.execute(statement, values).all())


def _areas(session: Reader, asked: Asked) -> list[Any]:
    statement = text(
        f"WITH RECURSIVE {BELOW}, area AS ({AREA_ROWS[asked.areas]}) "
        "SELECT code, name, geom IS NOT NULL AS is_drawn FROM area ORDER BY code"
    )
    return list(session.execute(statement, {"code": asked.city, "on": asked.on}).all())


def _listed(row: Any) -> Listed:
    stated = getattr(row, "stated_measure", None)
    classes = getattr(row, "project_class", None) or ""
    measure, ground = "未知", "无规划文件说明"
    if stated in MEASURES:
        measure, ground = stated, "数据中的规划措施"
    elif classes:
        measure = next((m for m in ("新建", "改建", "扩建") if m in classes), "未知")
        # 改扩建 is one class of projects: which of both, only the document says.
        measure = "改建" if "改扩建" in classes else measure
        ground = f"建设项目 {row.project}（{classes}）"
    elif row.state in ("planned", "under_construction"):
        measure, ground = "新建", f"设施状态：{STATES_ZH[row.state]}"
    return Listed(
        row.code, row.name, tuple(row.kinds), row.state, row.beds_total, row.area_code,
        row.area_name, row.lon, row.lat, measure, ground, getattr(row, "due_year", None),
        row.is_synthetic,
    )  # fmt: skip


def _origins(rows: Sequence[Any]) -> tuple[Origin, ...]:
    counts = Counter((row.source, row.source_date, row.is_synthetic) for row in rows)
    return tuple(
        Origin("facilities", source, day, is_synthetic, number)
        for (source, day, is_synthetic), number in counts.items()
    )
