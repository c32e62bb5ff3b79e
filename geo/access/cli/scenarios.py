"""How are scenarios kept, listed and compared on the command line?"""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.cli.asking import (
    Areas,
    City,
    Fallback,
    Kind,
    Measure,
    Network,
    On,
    Radius,
    add_difference,
    asked_of,
    marked,
    opened,
    print_notes,
)
from geo.access.comparison import compare
from geo.access.radius.question import kind_name
from geo.access.scenario import (
    ACTIONS_ZH,
    Change,
    Scenario,
    drop_scenario,
    keep_scenario,
    scenario,
    scenarios,
)
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.validity import today_in_china

Number = Annotated[int, typer.Argument(help="方案编号 · number of the scenario")]


def register(plans: typer.Typer) -> None:
    """Add the commands to `scenario`."""
    plans.command("make")(make_scenario)
    plans.command("list")(list_scenarios)
    plans.command("show")(show_scenario)
    plans.command("drop")(forget_scenario)


def make_scenario(
    name: Annotated[str, typer.Argument(help="方案名称 · name")],
    city: City = None,
    kind: Kind = "rehab_rental",
    on: On = None,
    add: Annotated[
        list[str] | None, typer.Option(help="候选点编码或 经度，纬度 · candidate, or lon,lat")
    ] = None,
    close: Annotated[list[str] | None, typer.Option(help="停用的设施 · codes to close")] = None,
    move: Annotated[
        list[str] | None, typer.Option(help="设施=候选点或经度，纬度 · CODE=candidate or lon,lat")
    ] = None,
    role: Annotated[str, typer.Option(help="所有者角色 · role of the owner")] = "planner",
    note: Annotated[str | None, typer.Option(help="说明 · note")] = None,
) -> None:
    """保存方案：新增、停用、迁移 · Keep a plan of what is added, closed and moved."""
    changes = [_at("add", None, said) for said in add or ()]
    changes += [Change("close", facility_code=code) for code in close or ()]
    for said in move or ():
        code, sign, place = said.partition("=")
        if not sign:
            raise BadInput(
                both("--move 写作 编码=位置。", "--move is CODE=PLACE"), parameter="move"
            )
        changes.append(_at("move", code, place))
    with asked_of(city, on) as (session, place, day):
        made = keep_scenario(
            session, city=place, name=name, kind=kind, on=day, owner_role=role,
            changes=changes, note=note,
        )  # fmt: skip
    Console().print(escape(f"已保存方案 {made.id}「{made.name}」 · kept as {made.id}"))


def _at(action: str, facility: str | None, said: str) -> Change:
    """A change at a candidate's code or at `lon,lat`."""
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)\s*", said)
    if found:
        return Change(action, facility, lon=float(found[1]), lat=float(found[2]))
    return Change(action, facility, candidate_code=said)


def list_scenarios(
    city: Annotated[str | None, typer.Option(help="城市名称或代码 · city by name or code")] = None,
) -> None:
    """方案列表 · Scenarios that are kept, the newest first."""
    with opened() as session:
        code = None if city is None else code_of(session, city, today_in_china())
        found = scenarios(session, city=code)
    table = Table(title="方案 · scenarios")
    for head in ("编号 no.", "名称 name", "设施 kind", "基准日 day", "变化 changes", "角色 role"):
        table.add_column(head, overflow="fold")
    for one in found:
        table.add_row(
            str(one.id), escape(one.name), kind_name(one.kind), one.on_date.isoformat(),
            _changes(one), one.owner_role,
        )  # fmt: skip
    Console().print(table)


def show_scenario(
    number: Number,
    radius: Radius = 500,
    areas: Areas = "district",
    year: Annotated[int | None, typer.Option(help="截至年份 · what is due by this year")] = None,
    measure: Measure = "line",
    network: Network = None,
    fallback: Fallback = "none",
) -> None:
    """方案与现状对照 · A scenario beside today, area by area."""
    with opened() as session:
        found = compare(
            session, scenario(session, number), radius_m=radius, areas=areas, year=year,
            measure=measure, network=network, fallback=fallback,
        )  # fmt: skip
    console = Console()
    kept = found.scenario
    how = "步行 " if measure == "walk" else ""
    title = f"{kept.name} · {kind_name(kept.kind)} {how}{radius:g} 米 · 60+"
    table = Table(title=escape(marked(title, found.has_synthetic)))
    for head in ("区域 area", "60+ 人数", "现状", "方案", "增减"):
        table.add_column(head, justify="left" if "area" in head else "right")
    for row in (*found.rows, found.total):
        add_difference(table, row, found.has_synthetic)
    console.print(table)
    for label, side in (("现状 today", found.today), ("方案 scenario", found.planned)):
        mean = "未知" if side.mean_m is None else f"{side.mean_m:,.0f} 米"
        console.print(f"{label}：设施 {side.coverage.facilities} 处，到最近设施平均 {mean}")
    console.print(_changes(kept))
    print_notes(console, found.today.coverage.method, found.has_synthetic)


def forget_scenario(number: Number) -> None:
    """删除方案 · Delete a scenario."""
    with opened() as session:
        drop_scenario(session, number)
    Console().print(f"已删除方案 {number} · deleted")


def _changes(one: Scenario) -> str:
    counts = {action: sum(c.action == action for c in one.changes) for action in ACTIONS_ZH}
    return "、".join(f"{ACTIONS_ZH[action]} {count}" for action, count in counts.items() if count)
