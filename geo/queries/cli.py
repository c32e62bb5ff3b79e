"""How are facilities and divisions looked up on the command line? `nearest` and `unit`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.models.kinds import KINDS
from geo.queries.admin import history, unit, unit_at
from geo.queries.filters import FacilityFilter, kind_code
from geo.queries.nearest import nearest
from geo.queries.neighbours import MEASURED, neighbours
from geo.validity import today_in_china

On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期,默认今天 · day, default today")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to an app."""
    app.command("nearest")(show_nearest)
    app.command("unit")(show_unit)


def show_nearest(
    lon: Annotated[float, typer.Argument(help="经度 · longitude")],
    lat: Annotated[float, typer.Argument(help="纬度 · latitude")],
    kind: Annotated[
        list[str] | None, typer.Option(help="设施类别,可重复 · kind, may be repeated")
    ] = None,
    limit: Annotated[int, typer.Option(help="个数 · how many")] = 5,
    on: On = None,
) -> None:
    """最近的设施 · The facilities nearest to a point."""
    wanted = FacilityFilter(kinds=tuple(kind_code(said) for said in kind) if kind else None)
    with open_session() as session:
        found = nearest(session, lon, lat, wanted, on=_day(on), limit=limit)
    table = Table(title=f"距 {lon}, {lat} 最近 · nearest")
    for head in ("名称 name", "类别 kind", "距离 m", "地址 address", "电话 phone"):
        table.add_column(
            head, justify="right" if head.startswith("距离") else "left", overflow="fold"
        )
    for facility in found:
        kinds = "、".join(KINDS[code].zh if code in KINDS else code for code in facility.kinds)
        table.add_row(
            escape(facility.name) + ("(合成)" if facility.is_synthetic else ""), kinds,
            f"{facility.distance_m:,.0f}", escape(facility.address or "未知"),
            escape(facility.phone or "未知"),
        )  # fmt: skip
    Console().print(table)


def show_unit(
    code: Annotated[
        str | None, typer.Argument(help="区划代码,6/9/12 位 · code of the division")
    ] = None,
    at: Annotated[
        tuple[float, float] | None, typer.Option(help="经度 纬度 · longitude latitude")
    ] = None,
    on: On = None,
) -> None:
    """行政区划:某日的名称、邻区、沿革 · A division: name on a day, neighbours, history."""
    console = Console()
    day = _day(on)
    with open_session() as session:
        if at is not None:
            for held in unit_at(session, *at, day):
                console.print(f"{held.code}  {escape(held.name)}")
        if code is None:
            return
        found = unit(session, code, day)
        beside = neighbours(session, code, day)
        past = history(session, code)
    console.print(f"[bold]{escape(found.name)}[/] {found.code}  上级 {found.parent_code or '无'}")
    if not found.has_geometry:
        console.print(f"无图形 · no geometry: {escape(found.geometry_note or '')}")
    for neighbour in beside:
        length = neighbour.shared_border_m / 1000
        console.print(
            f"  邻 {escape(neighbour.name)} {neighbour.code} 共界 {length:.1f} km({MEASURED})"
        )
    for event in past.events:
        before = "、".join(member.name for member in event.predecessors)
        after = "、".join(member.name for member in event.successors)
        number = event.document_no or ""
        console.print(escape(f"  {event.event_year} {event.kind}: {before} → {after} {number}"))


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
