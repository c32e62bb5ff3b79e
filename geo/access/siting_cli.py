"""How are sites, scenarios and 1+N groups asked for on the command line?"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access import groups as hubs
from geo.access.candidates import Limits, candidates
from geo.access.comparison import AreaDifference, compare
from geo.access.radius.question import AREAS, kind_name
from geo.access.scenario import (
    ACTIONS_ZH,
    Change,
    Scenario,
    drop_scenario,
    keep_scenario,
    scenario,
    scenarios,
)
from geo.access.sites import GOALS, BestSites, Plan, asks, best_sites, line_costs, method, status
from geo.access.sites.walk import walk_costs
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.filters import kind_code
from geo.validity import today_in_china

STAFF = "内部口径，不得直接对外发布 · for staff only"
SYNTHETIC = "[yellow]含合成数据 · contains synthetic data[/]"

City = Annotated[str, typer.Option(help="城市代码 · code of the city")]
Kind = Annotated[str, typer.Option(help="设施类别 · kind of facility")]
Radius = Annotated[float, typer.Option(help="半径（米）· radius in metres")]
Areas = Annotated[str, typer.Option(help="district 区县 · township 乡镇街道 · zone 片区")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Walk = Annotated[bool, typer.Option("--walk", help="按步行路网计 · along the stored roads")]
Least = Annotated[float | None, typer.Option(help="面积下限（平方米）· least area, m²")]
Number = Annotated[int, typer.Argument(help="方案编号 · number of the scenario")]


def register(app: typer.Typer) -> None:
    """Add `site …` and `scenario …` to an app."""
    site = typer.Typer(help="选址 · Where to build", no_args_is_help=True)
    site.command("best")(show_best)
    site.command("candidates")(show_candidates)
    site.command("groups")(show_groups)
    app.add_typer(site, name="site")
    plans = typer.Typer(help="方案 · Scenarios", no_args_is_help=True)
    plans.command("make")(make_scenario)
    plans.command("list")(list_scenarios)
    plans.command("show")(show_scenario)
    plans.command("drop")(forget_scenario)
    app.add_typer(plans, name="scenario")


def show_best(
    city: City = "320400",
    kind: Kind = "rehab_rental",
    sites: Annotated[int | None, typer.Option(help="新建处数 · how many to build")] = None,
    goal: Annotated[str, typer.Option(help=" · ".join(GOALS))] = "cover_most",
    radius: Radius = 500,
    areas: Areas = "district",
    on: On = None,
    least_m2: Least = None,
    close: Annotated[list[str] | None, typer.Option(help="停用的设施 · codes to close")] = None,
    budget: Annotated[float | None, typer.Option(help="预算（元）· budget, yuan")] = None,
    cost_each: Annotated[
        float | None, typer.Option(help="未写费用的按多少元计 · yuan where a site tells none")
    ] = None,
    plans: Annotated[int, typer.Option(help="备选方案数 · next-best plans")] = 0,
    time_limit: Annotated[float, typer.Option(help="计算时限（秒）· seconds to compute")] = 20,
    thin: Annotated[bool, typer.Option(help="候选点过多时抽稀 · thin out too many")] = False,
    walk: Walk = False,
) -> None:
    """选址：在候选点中求最优新建位置 · The best sites among the candidates, with what is proven.

    内部口径：未公开的设施也计入，人数不取整。For staff: exact counts.
    """
    with open_session() as session:
        asked = asks(
            city=city, kind=kind, on=_day(on), goal=goal, sites=sites, radius_m=radius,
            areas=areas, close=tuple(close or ()), budget_cny=budget, cost_each=cost_each,
            plans=plans, time_limit_s=time_limit, thin=thin, measure="walk" if walk else "line",
        )  # fmt: skip
        costs = walk_costs(session) if walk else line_costs
        found = best_sites(session, asked, limits=Limits(least_m2=least_m2), costs=costs)
    console = Console()
    for plan in found.plans:
        _print_plan(console, found, plan)
    _print_areas(console, found)
    console.print(*method(found), sep="\n")
    _print_staff(console, found.has_synthetic)


def _print_plan(console: Console, found: BestSites, plan: Plan) -> None:
    name = kind_name(found.asked.question.kind)
    title = f"{name}选址 · 最优方案 best" if plan.rank == 0 else f"备选方案 {plan.rank} next best"
    table = Table(title=title)
    for head in ("次序", "编码 code", "名称 name", "新增覆盖", "半径内", "就近服务"):
        table.add_column(
            head, justify="right" if head[0] in "新半就次" else "left", overflow="fold"
        )
    for one in plan.chosen:
        table.add_row(
            str(one.order), escape(one.candidate.code), escape(one.candidate.name),
            f"{one.gained:,.0f}", f"{one.within:,.0f}", f"{one.served:,.0f}",
        )  # fmt: skip
    console.print(table)
    zh, en = status(plan, found.asked)
    console.print(f"{zh} {en}")
    told = f"覆盖 {found.covered_before:,.0f} → {plan.covered:,.0f} / {found.people:,.0f} 人"
    if plan.mean_m is not None and plan.worst_m is not None:
        told += f"；平均 {plan.mean_m:,.0f} 米，最远 {plan.worst_m:,.0f} 米"
    if plan.cost_cny is not None:
        told += f"；费用 {plan.cost_cny:,.0f} 元"
    if plan.rank and plan.loss_share is not None:
        told += f"；较最优损失 {plan.loss_share:.2%}"
    console.print(told)


def _print_areas(console: Console, found: BestSites) -> None:
    table = Table(title=f"前后对照 · {AREAS[found.asked.question.areas]} before and after, 60+")
    for head in ("区域 area", "60+ 人数", "现覆盖", "建后覆盖", "增加"):
        table.add_column(head, justify="left" if "area" in head else "right")
    pairs = [*zip(found.before, found.after, strict=True), (found.total_before, found.total_after)]
    for before, after in pairs:
        _add_row(table, AreaDifference(before, after, _gain(before.covered_60, after.covered_60),
                                       None, None))  # fmt: skip
    console.print(table)
    console.print(
        f"仍未覆盖 {found.uncovered:,.0f} 人（{found.uncovered_cells} 个格网），"
        f"其中任何候选点都到不了的 {found.unreachable:,.0f} 人 · uncovered, out of reach"
    )


def show_candidates(
    city: City = "320400",
    kind: Kind = "rehab_rental",
    on: On = None,
    least_m2: Least = None,
) -> None:
    """候选点：哪些可用，哪些因何排除 · Candidate sites, and why some are excluded."""
    with open_session() as session:
        found = candidates(
            session, city=city, kind=kind, on=_day(on), limits=Limits(least_m2=least_m2)
        )
    table = Table(title=f"{kind_name(found.kind)}候选点 · candidates")
    for head in ("编码 code", "名称 name", "楼层", "面积 m²", "用途", "结论", "原因 why"):
        table.add_column(head, overflow="fold")
    for one in (*found.usable, *found.excluded):
        why = "；".join(f"{reason.zh} · {reason.en}" for reason in one.reasons)
        table.add_row(
            escape(one.code), escape(one.name), one.floor or "未知",
            "未知" if one.area_m2 is None else f"{one.area_m2:g}", escape(one.land_use or "未知"),
            "排除" if one.reasons else "可用", escape(why),
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(*found.in_words(), sep="\n")
    _print_staff(console, found.has_synthetic)


def show_groups(
    city: City = "320400",
    hub: Annotated[str, typer.Option(help="中心的类别 · kind of the hubs")] = hubs.HUB,
    areas: Areas = "township",
    limit: Annotated[float, typer.Option(help="行程上限（分钟）· minutes at most")] = 30,
    on: On = None,
) -> None:
    """1+N：中心带站点，哪些乡镇由谁服务 · Hubs, their spokes, and who serves which township."""
    with open_session() as session:
        found = hubs.groups(
            session, city=city, on=_day(on), hub_kind=kind_code(hub), areas=areas, limit_min=limit
        )
    table = Table(title="1+N")
    for head in ("中心 hub", "站点 spokes", "服务区域 areas", "最远（分钟）"):
        table.add_column(head, overflow="fold")
    for group in found.groups:
        minutes = [one.minutes for one in group.spokes if one.minutes is not None]
        table.add_row(
            escape(group.name), str(len(group.spokes)),
            escape("、".join(area.area_name for area in group.areas)) or "–",
            f"{max(minutes):.0f}" if minutes else "–",
        )  # fmt: skip
    console = Console()
    console.print(table)
    for what, lost in (
        ("未归入任何中心的站点 unserved spokes", [one.name for one in found.unserved_spokes]),
        ("无中心服务的区域 unserved areas", [one.area_name for one in found.unserved_areas]),
        ("未知 unknown", [one.area_name for one in found.unknown_areas]),
    ):
        console.print(escape(f"{what}:{len(lost)} {'、'.join(lost)}"))
    console.print(found.method, found.method_en, sep="\n")
    _print_staff(console, found.has_synthetic)


def make_scenario(
    name: Annotated[str, typer.Argument(help="方案名称 · name")],
    city: City = "320400",
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
    with open_session() as session:
        made = keep_scenario(
            session, city=city, name=name, kind=kind, on=_day(on), owner_role=role,
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
    city: Annotated[str | None, typer.Option(help="城市代码 · code of the city")] = None,
) -> None:
    """方案列表 · Scenarios that are kept, the newest first."""
    with open_session() as session:
        found = scenarios(session, city=city)
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
) -> None:
    """方案与现状对照 · A scenario beside today, area by area."""
    with open_session() as session:
        found = compare(session, scenario(session, number), radius_m=radius, areas=areas, year=year)
    console = Console()
    kept = found.scenario
    table = Table(title=escape(f"{kept.name} · {kind_name(kept.kind)} {radius:g} 米 · 60+"))
    for head in ("区域 area", "60+ 人数", "现状", "方案", "增减"):
        table.add_column(head, justify="left" if "area" in head else "right")
    for row in (*found.rows, found.total):
        _add_row(table, row)
    console.print(table)
    for label, side in (("现状 today", found.today), ("方案 scenario", found.planned)):
        mean = "未知" if side.mean_m is None else f"{side.mean_m:,.0f} 米"
        console.print(f"{label}：设施 {side.coverage.facilities} 处，到最近设施平均 {mean}")
    console.print(_changes(kept), found.today.coverage.method, sep="\n")
    _print_staff(console, found.has_synthetic)


def forget_scenario(number: Number) -> None:
    """删除方案 · Delete a scenario."""
    with open_session() as session:
        drop_scenario(session, number)
    Console().print(f"已删除方案 {number} · deleted")


def _changes(one: Scenario) -> str:
    counts = {action: sum(c.action == action for c in one.changes) for action in ACTIONS_ZH}
    return "、".join(f"{ACTIONS_ZH[action]} {count}" for action, count in counts.items() if count)


def _add_row(table: Table, row: AreaDifference) -> None:
    today, planned = row.today, row.planned
    gained = "未知" if row.gained_60 is None else f"{row.gained_60:+,.0f}"
    table.add_row(
        escape(today.area_name), _number(today.people_60), _number(today.covered_60),
        _number(planned.covered_60), gained,
    )  # fmt: skip


def _gain(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _number(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.0f}"


def _print_staff(console: Console, has_synthetic: bool) -> None:
    console.print(STAFF)
    if has_synthetic:
        console.print(SYNTHETIC)


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
