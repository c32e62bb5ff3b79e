"""What does an officer type to see lines, and tri-junctions of a city?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import shapely
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.queries.admin import code_of
from geo.survey.derived.city import lines_of_city
from geo.survey.derived.store import store_lines
from geo.survey.lines import MEASURED, Line, level_words
from geo.survey.topology.units import LEVEL_ZH
from geo.survey.trijunctions import KIND_ZH as JUNCTION_ZH
from geo.survey.trijunctions import Junction, junctions
from geo.survey.written import MOST_SHOWN, write_features
from geo.validity import today_in_china

SKETCH_NOTE = (
    f"示意线：由区划图形推导，无官方名称和代码，不作划界依据；长度为{MEASURED} · "
    "derived from outlines: no official names or codes, no basis for demarcation; lengths measured"
)
City = Annotated[str, typer.Option(help="城市名称或代码 · name or code of the city")]
Level = Annotated[int, typer.Option(min=2, max=5, help="2 地级 · 3 县级 · 4 乡级 · 5 村级")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Out = Annotated[Path | None, typer.Option(help="写成 GeoJSON（经度、纬度）· write GeoJSON to")]


def register(survey: typer.Typer) -> None:
    """Add the commands to `atlas survey`."""
    survey.command("lines")(show_lines)
    survey.command("trijunctions")(show_trijunctions)


def show_lines(
    city: City = "320400",
    level: Level = 3,
    on: On = None,
    out: Out = None,
    store: Annotated[bool, typer.Option("--store", help="存入界线表 · keep in the tables")] = False,
) -> None:
    """界线：由区划图形推导的示意线，等级、两侧、长度 · Boundary lines derived from outlines."""
    day = _day(on)
    with open_session("atlas survey lines") as session:
        code = code_of(session, city, day)
        found = lines_of_city(session, code, on=day, level=level)
        stored = store_lines(session, code, on=day, level=level) if store else None
    lines = [found.lines[at][i] for at in sorted(found.chosen) for i in found.chosen[at]]
    console = Console()
    console.print(_lines_table(f"{found.given.city.name} {day} 界线 · Boundary lines", lines))
    console.print(SKETCH_NOTE, markup=False)
    if found.given.missing:
        console.print(f"无图形、未计入：{'、'.join(found.given.missing)}", markup=False)
    if stored is not None:
        console.print(
            f"已存：新增 {stored.begun}，更正 {stored.corrected}，不变 {stored.unchanged}，"
            f"停用 {len(stored.ended)}；按协议书、详图或交付保留不动 {len(stored.left)}；"
            f"对侧未知、未存 {stored.outer} · stored; agreed and delivered lines are left alone",
            markup=False,
        )
    if out is not None:
        write_features(out, [(line.geom, _told(line, day)) for line in lines], SKETCH_NOTE)


def _lines_table(title: str, lines: list[Line]) -> Table:
    table = Table(title=title)
    for heading in (
        "级别 · Level",
        "最高等级 · Grade",
        "显示名 · Label",
        "左侧 · Left",
        "右侧 · Right",
    ):
        table.add_column(heading)
    table.add_column(f"长度 km（{MEASURED}）· Length", justify="right")
    table.add_column("段 · Parts", justify="right")
    for line in lines[:MOST_SHOWN]:
        table.add_row(
            LEVEL_ZH[line.level], level_words(line), escape(line.label),
            escape(line.left_name or "未知"), escape(line.right_name or "未知"),
            f"{line.length_m / 1000:.2f}", str(len(line.geom.geoms)),
        )  # fmt: skip
    if len(lines) > MOST_SHOWN:
        table.caption = f"另有 {len(lines) - MOST_SHOWN} 条，见 --out · more: use --out"
    return table


def _told(line: Line, day: date) -> dict[str, Any]:
    return {
        "label": line.label, "level": line.level, "grade": line.grade, "left_code": line.left,
        "left_name": line.left_name, "right_code": line.right, "right_name": line.right_name,
        "length_m": round(line.length_m, 1), "measure": MEASURED, "basis": line.basis,
        "name": None, "code": None, "on": day.isoformat(),
    }  # fmt: skip


def show_trijunctions(
    city: City = "320400",
    level: Level = 3,
    on: On = None,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1000, help="容差（米），默认 0 即严格重合 · metres")
    ] = 0.0,
    out: Out = None,
) -> None:
    """三交点：恰有三条界线相交的点；四交点另行标出 · Points where three lines meet."""
    day = _day(on)
    with open_session("atlas survey trijunctions") as session:
        found = lines_of_city(session, code_of(session, city, day), on=day, level=level)
    own = found.given.own
    met = [
        one for one in junctions(found.lines[level], tolerance_m=tolerance) if own & set(one.codes)
    ]
    table = Table(title=f"{found.given.city.name} {day} 三交点 · Tri-junctions")
    for heading in ("经度 · Lon", "纬度 · Lat", "类型 · Kind", "单位（顺时针）· Units, clockwise"):
        table.add_column(heading)
    table.add_column("界线数 · Lines", justify="right")
    for one in met[:MOST_SHOWN]:
        table.add_row(
            f"{one.lon:.6f}", f"{one.lat:.6f}", JUNCTION_ZH[one.kind], escape(_sides(one)),
            str(one.lines),
        )  # fmt: skip
    console = Console()
    console.print(table)
    several = sum(one.kind == "quadripoint" for one in met)
    console.print(
        f"三交点 {sum(one.kind == 'trijunction' for one in met)} 个，四交点 {several} 个；容差 "
        f"{tolerance:g} 米；由区划图形推导，非实测位置 · derived from outlines, not surveyed"
    )
    if out is not None:
        write_features(
            out, [(shapely.Point(o.lon, o.lat), _told_junction(o)) for o in met], SKETCH_NOTE
        )


def _sides(one: Junction) -> str:
    return " → ".join(name or "未知" for name in one.names)


def _told_junction(one: Junction) -> dict[str, Any]:
    return {
        "kind": one.kind, "kind_zh": JUNCTION_ZH[one.kind], "codes": list(one.codes),
        "names": list(one.names), "lines": one.lines, "with_outside": one.with_outside,
        "spread_m": round(one.spread_m, 3), "basis": "derived",
    }  # fmt: skip


def _day(on: datetime | None) -> date:
    return on.date() if on else today_in_china()
