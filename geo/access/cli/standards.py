"""How are the written rules, estates, projects and fire checks asked for on the command line?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.cli.asking import (
    EXACT,
    Areas,
    City,
    On,
    Since,
    asked_of,
    mark_row,
    marked,
    print_notes,
    share,
    table_of,
    wan,
)
from geo.access.estates import estates_checked
from geo.access.indicators import fire_report, monthly, projects_report
from geo.access.indicators.projects import Month
from geo.access.standards import STATUS_WORDS, missing
from geo.access.standards.areas import area_checks
from geo.queries.filters import VALUE_WORDS
from geo.sums import check_sum


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("missing")(show_missing)
    app.command("standards")(show_standards)
    app.command("estates")(show_estates)
    app.command("projects")(show_projects)
    app.command("fire")(show_fire)


def show_missing(
    city: City = None,
    areas: Annotated[str, typer.Option(help="township 乡镇街道 · zone 片区")] = "township",
    on: On = None,
    everything: Annotated[
        bool, typer.Option("--all", help="也列出已有的 · list present ones too")
    ] = False,
) -> None:
    """应有未有：缺少规定设施的乡镇街道 · Townships without the facility each must have.

    内部口径：未公开的设施也计入。For staff: unpublished facilities count too.
    """
    with asked_of(city, on) as (session, place, day):
        found = missing(session, city=place, areas=areas, on=day)
    console = Console()
    if not found.rules:
        console.print("没有适用的规则 · no rule applies")
    for rule in found.rules:
        counts = found.counts(rule.code)
        status = STATUS_WORDS[rule.status][0]
        table = Table(
            title=escape(marked(rule.title, found.has_synthetic)),
            caption=escape(f"{rule.source} · {status} {rule.status}"),
        )
        for head in ("区域 area", "状态 status", "设施 facilities"):
            table.add_column(head, overflow="fold")
        for row in found.rows:
            if row.rule_code == rule.code and (everything or row.status != "present"):
                names = escape("、".join(facility.name for facility in row.facilities))
                made_up = any(facility.is_synthetic for facility in row.facilities)
                table.add_row(mark_row(row.area_name, made_up), row.status_zh, names)
        console.print(table)
        console.print(f"已有 {counts.get('present', 0)} / {sum(counts.values())}")
    print_notes(console, "缺：没有在用的，也没有在建、规划或暂停的。", found.has_synthetic, EXACT)


def show_standards(
    city: City = None, by: Areas = "district", on: On = None,
    everything: Annotated[bool, typer.Option("--all", help="也列出达到的 · passes too")] = False,
) -> None:  # fmt: skip
    """按标准核对：床位、护理型占比、用地、面积、生活圈 · Areas against the written rules."""
    with asked_of(city, on) as (session, place, day):
        found = area_checks(session, city=place, by=by, on=day)
    title = marked("标准核对 · standards", found.has_synthetic)
    table = table_of(title, "区域 area", "结论", "依据与计算 · sum and rule")
    words = {"pass": "达到", "fail": "未达到", "unknown": "未知"}
    for row in found.rows:
        if everything or row.status != "pass":
            name = mark_row(row.area_name, row.is_synthetic)
            table.add_row(name, words[row.status], escape(row.words))
    console = Console()
    console.print(table)
    if found.without_rule:
        console.print(f"没有适用规则 · no rule: {'、'.join(found.without_rule)}")
    rule = "应有 = 人口 × 标准；已知的足够即达到，全部已知仍不足才算未达到"
    print_notes(console, rule, found.has_synthetic)


def show_estates(
    city: City = None, on: On = None, since: Since = None,
    everything: Annotated[bool, typer.Option("--all", help="也列出达标的 · passes too")] = False,
) -> None:  # fmt: skip
    """配建核对：应配建、已移交、是否达标及算式 · Estates against their rule, with the sum."""
    with asked_of(city, on) as (session, place, day):
        found = estates_checked(session, city=place, on=day, since=since.date() if since else None)
    console = Console()
    title = marked("配建达标 · estates", found.has_synthetic)
    table = table_of(title, "小区 estate", "结论", "算式与依据 · sum and rule")
    for check in found.rows:
        if everything or check.status != "pass":
            name = mark_row(check.estate.name, check.estate.is_synthetic)
            table.add_row(name, check.status_zh, escape(check.words))
    console.print(table)
    rates = table_of(title, "区域 area", "达标", "不达标", "未知", "未到期", "达标率", "下限–上限")
    for rate in (*found.districts, found.total):
        rates.add_row(
            mark_row(rate.area_name, rate.has_synthetic), str(rate.passed), str(rate.failed),
            str(rate.unknown),
            str(rate.not_due), share(rate.rate), f"{share(rate.lowest)}–{share(rate.highest)}",
        )  # fmt: skip
    console.print(rates)
    if found.undated:
        console.print(f"批准日期未知，未计入期间 · undated, left out: {found.undated}")
    print_notes(console, found.method, found.has_synthetic)


def show_projects(
    city: City = None, on: On = None,
    total: Annotated[int | None, typer.Option(help="文件所称项目总数 · number stated")] = None,
    planned: Annotated[
        float | None, typer.Option(help="文件所称计划资金（万元）· money stated, 10 000 yuan")
    ] = None,
    by_month: Annotated[bool, typer.Option("--monthly", help="按月统计 · table by month")] = False,
    year: Annotated[int | None, typer.Option(help="按月统计的年份 · year of that table")] = None,
) -> None:  # fmt: skip
    """建设项目：阶段、开工率、逾期、资金 · Projects by class, or month by month.

    --total、--planned 与分类之和核对。--monthly 另列各月：阶段、各类开工率、拨付、逾期。
    """
    with asked_of(city, on) as (session, place, day):
        stated = None if planned is None else planned * 1e4
        found = projects_report(
            session, city=place, on=day, stated_total=total, stated_planned_cny=stated
        )
        asked = year or (day.year if by_month else None)
        months = () if asked is None else monthly(session, city=place, year=asked, until=day)
    console = Console()
    title = marked("建设项目 · projects", found.has_synthetic)
    heads = ("项目数", "已开工", "未知", "开工率", "完工", "逾期", "计划 万元", "拨付 万元")
    table = table_of(title, "类别 class", *heads)
    for row in (*found.classes, found.total):
        table.add_row(
            mark_row(row.name, row.has_synthetic), str(row.projects), str(row.begun),
            str(row.begun_unknown),
            share(row.start_rate), str(row.finished), str(row.overdue), wan(row.planned_cny),
            wan(row.paid_cny),
        )  # fmt: skip
    console.print(table)
    console.print(f"项目数核对 · check: {found.check.words}")
    money = found.money_check
    if money is not None and money.total is not None:
        parts = [None if part is None else part / 1e4 for part in money.parts]
        told = check_sum(money.total / 1e4, parts)
        console.print(f"计划资金核对（万元）· check: {told.words}")
    for project in found.overdue:
        name = mark_row(project.name, project.is_synthetic)
        console.print(f"  逾期 overdue: {name}，应于 {project.due_on} 完工")
    if months:
        console.print(_by_month(f"{title} · {asked}", months))
    print_notes(console, found.method, found.has_synthetic)


def show_fire(city: City = None, on: On = None) -> None:
    """消防：达标率、逾期未检、未整改隐患 · Fire: rate, overdue checks, open hazards."""
    with asked_of(city, on) as (session, place, day):
        found = fire_report(session, city=place, on=day)
    console = Console()
    title = marked("消防检查逾期 · overdue checks", found.has_synthetic)
    table = table_of(title, "机构 home", "状态", "上次检查", "应检日", "隐患 hazards")
    for row in found.overdue:
        table.add_row(
            mark_row(row.name, row.is_synthetic), VALUE_WORDS.get(row.fire_state or "", "未知"),
            str(row.fire_checked_on), str(row.next_check_on), "、".join(row.hazards),
        )  # fmt: skip
    console.print(table)
    rate = f"达标 {found.passed} / 已知 {found.known} = {share(found.rate)}"
    console.print(f"{rate}；未知 {found.unknown}")
    undated = sum(row.fire_checked_on is None for row in found.rows)
    console.print(
        f"检查日期未知 · undated {undated}；未核验隐患 · open hazards {len(found.hazards)}"
    )
    print_notes(console, found.method, found.has_synthetic)


def _by_month(title: str, months: tuple[Month, ...]) -> Table:
    """One line a month, and one for each class in it."""
    heads = (
        "项目数",
        "本月开工",
        "累计开工",
        "开工率",
        "本月完工",
        "逾期",
        "计划 万元",
        "拨付 万元",
    )
    table = table_of(title, "月份 month", "类别 class", *heads, "阶段 stages")
    for month in months:
        stages = "、".join(f"{name} {count}" for name, count in month.stages.items())
        for row in (*month.classes, month.progress):
            is_all = row is month.progress
            table.add_row(
                month.month, mark_row(row.name, row.has_synthetic), str(row.projects),
                str(month.newly_begun) if is_all else "", str(row.begun), share(row.start_rate),
                str(month.newly_finished) if is_all else "", str(row.overdue),
                wan(row.planned_all_cny), wan(row.paid_cny), stages if is_all else "",
                style="bold" if is_all else None,
            )  # fmt: skip
    return table
