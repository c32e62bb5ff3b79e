"""How are facilities and divisions looked up on the command line? `nearest` and `unit`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.models.kinds import KINDS
from geo.queries.admin import LEVEL_WORDS, Unit, code_of, unit, unit_at
from geo.queries.filters import FacilityFilter, kind_code
from geo.queries.nearest import nearest
from geo.queries.neighbours import MEASURED, neighbours
from geo.queries.succession import Event, history
from geo.validity import today_in_china

On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to an app."""
    app.command("nearest")(show_nearest)
    app.command("unit")(show_unit)


def show_nearest(
    lon: Annotated[float, typer.Argument(help="经度 · longitude")],
    lat: Annotated[float, typer.Argument(help="纬度 · latitude")],
    kind: Annotated[
        list[str] | None, typer.Option(help="设施类别，可重复 · kind, may be repeated")
    ] = None,
    limit: Annotated[int, typer.Option(help="个数 · how many")] = 5,
    on: On = None,
) -> None:
    """最近的设施 · The facilities nearest to a point."""
    wanted = FacilityFilter(kinds=tuple(kind_code(said) for said in kind) if kind else None)
    day = _day(on)
    with open_session() as session:
        found = nearest(session, lon, lat, wanted, on=day, limit=limit)
    if not found:
        said = "、".join(kind) if kind else "任何设施"
        Console().print(
            f"{day} 没有找到开放的{said}；换一个类别或日期，或先导入数据："
            "./atlas load facilities 文件。\n"
            f"No open facility found for {day}; try another kind or day, or load a file first.",
            markup=False,
        )
        return
    table = Table(title=f"距 {lon}, {lat} 最近 · nearest")
    for head in ("名称 name", "类别 kind", "距离 m", "地址 address", "电话 phone"):
        table.add_column(
            head, justify="right" if head.startswith("距离") else "left", overflow="fold"
        )
    for facility in found:
        kinds = "、".join(KINDS[code].zh if code in KINDS else code for code in facility.kinds)
        table.add_row(
            escape(facility.name) + ("（合成）" if facility.is_synthetic else ""), kinds,
            f"{facility.distance_m:,.0f}", escape(facility.address or "未知"),
            escape(facility.phone or "未知"),
        )  # fmt: skip
    Console().print(table)


def show_unit(
    named: Annotated[
        str | None,
        typer.Argument(metavar="区划", help="名称或代码 · name or code of the division"),
    ] = None,
    at: Annotated[
        tuple[float, float] | None, typer.Option(help="经度 纬度 · longitude latitude")
    ] = None,
    on: On = None,
) -> None:
    """行政区划：某日的名称、邻区、沿革 · A division: name on a day, neighbours, history."""
    if named is None and at is None:
        raise BadInput(
            both(
                "请给出区划的名称或代码（如 常州市、320402），或用 --at 经度 纬度 给出一点。",
                "give the name or code of a division, or a point: --at LON LAT",
            )
        )
    console = Console()
    day = _day(on)
    with open_session() as session:
        if at is not None:
            _show_units_at(console, unit_at(session, *at, day), at)
        if named is None:
            return
        found = unit(session, code_of(session, named, day), day)
        beside = neighbours(session, found.code, day)
        past = history(session, found.code)
    _show_facts(console, found)
    for neighbour in beside:
        length = neighbour.shared_border_m / 1000
        console.print(
            f"  邻 {escape(neighbour.name)} {neighbour.code} 共界 {length:.1f} km（{MEASURED}）"
        )
    if not beside:
        why = "同级图形中没有相接的" if found.has_geometry else "无图形，无从得知"
        console.print(f"  邻区：{why} · no neighbours known")
    for event in past.events:
        console.print(escape(_told(event)))
    if not past.events:
        console.print("  沿革：无记录 · no changes on record")


def _show_units_at(console: Console, held: list[Unit], at: tuple[float, float]) -> None:
    for one in held:
        console.print(f"{one.code}  {LEVEL_WORDS[one.level]}  {escape(one.name)}")
    if not held:
        console.print(
            f"点 {at[0]}, {at[1]} 不在任何已载入区划的图形之内；如该城市尚未载入，"
            "请运行 ./atlas up --city 城市名称。\n"
            "No stored territory holds this point; if its city has not been loaded:"
            " ./atlas up --city CITY",
            markup=False,
        )


def _show_facts(console: Console, found: Unit) -> None:
    """Name, level, superior, dates and source of a division; what is unknown is said."""
    level = f"{LEVEL_WORDS[found.level]}({found.unit_type or '类型未知'})"
    console.print(
        f"[bold]{escape(found.name)}[/] {found.code}  {escape(level)}"
        f"  上级 {found.parent_code or '无'}"
    )
    note = f"（{found.validity_note}）" if found.validity_note else ""
    since = f"{found.valid_from} 起" if found.valid_from else "起始不详"
    until = f"{found.valid_until} 止" if found.valid_until else "至今"
    source = found.source or "未知"
    dated = f"（{found.source_date}）" if found.source_date else "（日期未知）"
    console.print(escape(f"  有效 {since}，{until}{note}"))
    console.print(escape(f"  来源 {source}{dated}{'，合成' if found.is_synthetic else ''}"))
    if not found.has_geometry:
        console.print(f"  无图形 · no geometry: {escape(found.geometry_note or '原因未知')}")
    elif found.geometry_note:
        console.print(f"  图形 {escape(found.geometry_note)}")


def _told(event: Event) -> str:
    """A change in one line; a side without a division reads 无, an unknown number 文号未知."""
    before = "、".join(member.name for member in event.predecessors) or "无"
    after = "、".join(member.name for member in event.successors) or "无"
    number = event.document_no or "文号未知"
    return f"  {event.event_year} {event.kind}: {before} → {after} {number}"


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
