"""How are sites, candidates and 1+N groups asked for on the command line?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access import groups as hubs
from geo.access.candidates import STATUS_ZH, Limits, Reason, candidates
from geo.access.cli.asking import (
    Areas,
    City,
    Kind,
    Network,
    On,
    Radius,
    add_difference,
    asked_of,
    gain,
    mark_row,
    marked,
    print_notes,
)
from geo.access.comparison import AreaDifference
from geo.access.radius.question import AREAS, kind_name
from geo.access.sites import GOALS, BestSites, Plan, asks, best_sites, line_costs, method, status
from geo.access.sites.walk import walk_costs
from geo.queries.filters import kind_code

Walk = Annotated[bool, typer.Option("--walk", help="按步行路网计 · along the stored roads")]
Least = Annotated[float | None, typer.Option(help="面积下限（平方米）· least area, m²")]


def register(site: typer.Typer) -> None:
    """Add the commands to `site`."""
    site.command("best")(show_best)
    site.command("candidates")(show_candidates)
    site.command("groups")(show_groups)


def show_best(
    city: City = None,
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
    network: Network = None,
) -> None:
    """选址：在候选点中求最优新建位置 · The best sites among the candidates, with what is proven.

    内部口径：未公开的设施也计入，人数不取整。For staff: exact counts.
    """
    with asked_of(city, on) as (session, place, day):
        asked = asks(
            city=place, kind=kind, on=day, goal=goal, sites=sites, radius_m=radius,
            areas=areas, close=tuple(close or ()), budget_cny=budget, cost_each=cost_each,
            plans=plans, time_limit_s=time_limit, thin=thin, measure="walk" if walk else "line",
        )  # fmt: skip
        costs = walk_costs(session, network=network) if walk else line_costs
        found = best_sites(session, asked, limits=Limits(least_m2=least_m2), costs=costs)
    console = Console()
    for plan in found.plans:
        _print_plan(console, found, plan)
    _print_areas(console, found)
    print_notes(console, "\n".join(method(found)), found.has_synthetic)


def _print_plan(console: Console, found: BestSites, plan: Plan) -> None:
    name = kind_name(found.asked.question.kind)
    title = f"{name}选址 · 最优方案 best" if plan.rank == 0 else f"备选方案 {plan.rank} next best"
    table = Table(title=marked(title, found.has_synthetic))
    for head in ("次序", "编码 code", "名称 name", "新增覆盖", "半径内", "就近服务"):
        table.add_column(
            head, justify="right" if head[0] in "新半就次" else "left", overflow="fold"
        )
    for one in plan.chosen:
        table.add_row(
            str(one.order), escape(one.candidate.code),
            mark_row(one.candidate.name, one.candidate.is_synthetic),
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
    title = f"前后对照 · {AREAS[found.asked.question.areas]} before and after, 60+"
    table = Table(title=marked(title, found.has_synthetic))
    for head in ("区域 area", "60+ 人数", "现覆盖", "建后覆盖", "增加"):
        table.add_column(head, justify="left" if "area" in head else "right")
    pairs = [*zip(found.before, found.after, strict=True), (found.total_before, found.total_after)]
    for before, after in pairs:
        gained = gain(before.covered_60, after.covered_60)
        one = AreaDifference(before, after, gained, None, None)
        add_difference(table, one, found.has_synthetic)
    console.print(table)
    console.print(
        f"仍未覆盖 {found.uncovered:,.0f} 人（{found.uncovered_cells} 个格网），"
        f"其中任何候选点都到不了的 {found.unreachable:,.0f} 人 · uncovered, out of reach"
    )


def show_candidates(
    city: City = None,
    kind: Kind = "rehab_rental",
    on: On = None,
    least_m2: Least = None,
) -> None:
    """候选点：哪些可用，哪些因何排除 · Candidate sites, and why some are excluded."""
    with asked_of(city, on) as (session, place, day):
        found = candidates(session, city=place, kind=kind, on=day, limits=Limits(least_m2=least_m2))
    title = f"{kind_name(found.kind)}候选点 · candidates"
    table = Table(title=marked(title, found.has_synthetic))
    for head in ("编码 code", "名称 name", "楼层", "面积 m²", "用途", "结论", "原因 why"):
        table.add_column(head, overflow="fold")
    for one in (*found.usable, *found.excluded):
        why = "；".join(_why(reason) for reason in one.reasons)
        table.add_row(
            escape(one.code), mark_row(one.name, one.is_synthetic), one.floor or "未知",
            "未知" if one.area_m2 is None else f"{one.area_m2:g}", escape(one.land_use or "未知"),
            "排除" if one.reasons else "可用", escape(why),
        )  # fmt: skip
    console = Console()
    console.print(table)
    print_notes(console, "\n".join(found.in_words()), found.has_synthetic)


def show_groups(
    city: City = None,
    hub: Annotated[str, typer.Option(help="中心的类别 · kind of the hubs")] = hubs.HUB,
    areas: Areas = "township",
    limit: Annotated[float, typer.Option(help="行程上限（分钟）· minutes at most")] = 30,
    measure: Annotated[str, typer.Option(help="line 直线估算 · drive 行车 · walk 步行")] = "line",
    network: Network = None,
    on: On = None,
) -> None:
    """1+N：中心带站点，哪些乡镇由谁服务 · Hubs, their spokes, and who serves which township."""
    with asked_of(city, on) as (session, place, day):
        found = hubs.groups(
            session, city=place, on=day, hub_kind=kind_code(hub), areas=areas, limit_min=limit,
            measure=measure, network=network,
        )  # fmt: skip
    table = Table(title=marked("1+N", found.has_synthetic))
    for head in ("中心 hub", "站点 spokes", "服务区域 areas", "最远（分钟）"):
        table.add_column(head, overflow="fold")
    for group in found.groups:
        minutes = [one.minutes for one in group.spokes if one.minutes is not None]
        table.add_row(
            mark_row(group.name, found.has_synthetic), str(len(group.spokes)),
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
        console.print(escape(f"{what}：{len(lost)} {'、'.join(lost)}"))
    print_notes(console, f"{found.method}\n{found.method_en}", found.has_synthetic)


def _why(reason: Reason) -> str:
    """Why a candidate is excluded, and the id and standing of the rule behind it."""
    rule = f"[{reason.limit.rule} {STATUS_ZH[reason.limit.status]}]" if reason.limit.rule else ""
    return f"{reason.zh} · {reason.en} {rule}".rstrip()
