"""How does a planner ask on the command line about standards, indicators, projects and work?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.estates import estates_checked
from geo.access.gaps import gaps
from geo.access.indicators import (
    Computation,
    catalogue,
    compute_indicator,
    fire_report,
    league_of,
    monthly,
    projects_report,
)
from geo.access.indicators.catalogue import LEVEL_WORDS
from geo.access.indicators.figures import state_figure
from geo.access.league import MARK, League
from geo.access.standards.areas import area_checks
from geo.access.standards.must_have import missing
from geo.access.work_findings import of_estates, of_fire, of_gaps, of_missing, of_projects
from geo.access.work_items import (
    KINDS,
    STEP_WORDS,
    Finding,
    Item,
    history,
    open_item,
    open_items,
    take_step,
    work_item,
    work_items,
)
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.filters import VALUE_WORDS, kind_code
from geo.validity import today_in_china

STAFF = "内部口径，不得直接对外发布 · for staff, not for publication"

City = Annotated[str, typer.Option(help="城市或区划代码 · code of a city or any division")]
By = Annotated[str, typer.Option(help="city 全市 · district 区县 · township 乡镇街道 · zone 片区")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="自何日起 · from this day on")
]

work = typer.Typer(no_args_is_help=True, help="工作事项 · work items")


def register(app: typer.Typer) -> None:
    """Add the planner's commands to an app."""
    app.command("indicators")(list_indicators)
    app.command("indicator")(show_indicator)
    app.command("figure")(add_figure)
    app.command("standards")(show_standards)
    app.command("estates")(show_estates)
    app.command("projects")(show_projects)
    app.command("fire")(show_fire)
    app.add_typer(work, name="work")


def list_indicators() -> None:
    """指标目录 · The catalogue of indicators; needs no database."""
    heads = ("编号 id", "名称 title", "单位 unit", "层级 levels", "周期 period")
    table = _table("指标目录 · indicators", *heads)
    for one in catalogue().values():
        levels = "、".join(LEVEL_WORDS[level] for level in one.levels)
        title = one.title + ("（内部）" if one.is_internal else "")
        table.add_row(one.id, escape(title), escape(one.unit), levels, one.period)
    Console().print(table)


def show_indicator(
    id_: Annotated[str, typer.Argument(metavar="ID", help="指标编号 · id, see atlas indicators")],
    city: City = "320400",
    by: By = "district",
    on: On = None,
    league: Annotated[bool, typer.Option("--league", help="排名 · ranked")] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="与哪一日相比 · compared with")
    ] = None,
) -> None:
    """计算一个指标：分子、分母、数值、目标 · Compute one indicator, area by area.

    --league 按数值排名（并列同名次），--since 与前一期比较。Ranked, and compared with a day before.
    """
    with open_session() as session:
        now = compute_indicator(session, id_, city=city, by=by, on=_day(on))
        before = None
        if since is not None:
            before = compute_indicator(session, id_, city=city, by=by, on=since.date())
    if league or since is not None:
        _print_league(league_of(now, before))
    else:
        _print_values(now)


def add_figure(
    division: Annotated[str, typer.Argument(help="区划代码 · code of the division")],
    figure: Annotated[str, typer.Argument(help="填报项 · e.g. civil_affairs_officers")],
    value: Annotated[float, typer.Argument(help="数值 · the number")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="统计日 · counted on")],
    unit: Annotated[str, typer.Option(help="单位 · unit")] = "人",
    source: Annotated[str | None, typer.Option(help="来源 · who states it")] = None,
) -> None:
    """填报一个区划的数字 · State a figure of a division; the same day is corrected."""
    with open_session("atlas figure") as session:
        name = state_figure(
            session, division, figure, value, unit=unit, on=on.date(), source=source
        )
    Console().print(f"已保存 · stored: {escape(name)} {escape(figure)} = {value:g} {escape(unit)}")


def show_standards(
    city: City = "320400", by: By = "district", on: On = None,
    everything: Annotated[bool, typer.Option("--all", help="也列出达到的 · passes too")] = False,
) -> None:  # fmt: skip
    """按标准核对：床位、护理型占比、用地、面积、生活圈 · Areas against the written rules."""
    with open_session() as session:
        found = area_checks(session, city=city, by=by, on=_day(on))
    title = _marked("标准核对 · standards", found.has_synthetic)
    table = _table(title, "区域 area", "结论", "依据与计算 · sum and rule")
    words = {"pass": "达到", "fail": "未达到", "unknown": "未知"}
    for row in found.rows:
        if everything or row.status != "pass":
            table.add_row(escape(row.area_name), words[row.status], escape(row.words))
    console = Console()
    console.print(table)
    if found.without_rule:
        console.print(f"没有适用规则 · no rule: {'、'.join(found.without_rule)}")
    rule = "应有 = 人口 × 标准；已知的足够即达到，全部已知仍不足才算未达到"
    _notes(console, rule, found.has_synthetic)


def show_estates(
    city: City = "320400", on: On = None, since: Since = None,
    everything: Annotated[bool, typer.Option("--all", help="也列出达标的 · passes too")] = False,
) -> None:  # fmt: skip
    """配建核对：应配建、已移交、是否达标及算式 · Estates against their rule, with the sum."""
    with open_session() as session:
        found = estates_checked(
            session, city=city, on=_day(on), since=since.date() if since else None
        )
    console = Console()
    title = _marked("配建达标 · estates", found.has_synthetic)
    table = _table(title, "小区 estate", "结论", "算式与依据 · sum and rule")
    for check in found.rows:
        if everything or check.status != "pass":
            table.add_row(escape(check.estate.name), check.status_zh, escape(check.words))
    console.print(table)
    rates = _table(title, "区域 area", "达标", "不达标", "未知", "未到期", "达标率", "下限–上限")
    for rate in (*found.districts, found.total):
        rates.add_row(
            escape(rate.area_name), str(rate.passed), str(rate.failed), str(rate.unknown),
            str(rate.not_due), _share(rate.rate), f"{_share(rate.lowest)}–{_share(rate.highest)}",
        )  # fmt: skip
    console.print(rates)
    if found.undated:
        console.print(f"批准日期未知，未计入期间 · undated, left out: {found.undated}")
    _notes(console, found.method, found.has_synthetic)


def show_projects(
    city: City = "320400", on: On = None,
    total: Annotated[int | None, typer.Option(help="计划的项目总数 · planned number")] = None,
    year: Annotated[int | None, typer.Option(help="按月统计的年份 · table by month")] = None,
) -> None:  # fmt: skip
    """建设项目：开工率、逾期、资金 · Projects by class, or month by month."""
    with open_session() as session:
        found = projects_report(session, city=city, on=_day(on), stated_total=total)
        months = monthly(session, city=city, year=year, until=_day(on)) if year else ()
    console = Console()
    title = _marked("建设项目 · projects", found.has_synthetic)
    heads = ("项目数", "已开工", "未知", "开工率", "完工", "逾期", "计划 万元", "拨付 万元")
    table = _table(title, "类别 class", *heads)
    for row in (*found.classes, found.total):
        table.add_row(
            escape(row.name), str(row.projects), str(row.begun), str(row.begun_unknown),
            _share(row.start_rate), str(row.finished), str(row.overdue), _wan(row.planned_cny),
            _wan(row.paid_cny),
        )  # fmt: skip
    console.print(table)
    console.print(f"核对 · check: {found.check.words}")
    for project in found.overdue:
        console.print(f"  逾期 overdue: {escape(project.name)}，应于 {project.due_on} 完工")
    if months:
        by_month = ("项目数", "本月开工", "累计开工", "本月完工", "逾期", "拨付 万元")
        table = _table(f"{title} · {year}", "月份 month", *by_month)
        for month in months:
            progress = month.progress
            table.add_row(
                month.month, str(progress.projects), str(month.newly_begun), str(progress.begun),
                str(month.newly_finished), str(progress.overdue), _wan(progress.paid_cny),
            )  # fmt: skip
        console.print(table)
    _notes(console, found.method, found.has_synthetic)


def show_fire(city: City = "320400", on: On = None) -> None:
    """消防：达标率、逾期未检、未整改隐患 · Fire: rate, overdue checks, open hazards."""
    with open_session() as session:
        found = fire_report(session, city=city, on=_day(on))
    console = Console()
    title = _marked("消防检查逾期 · overdue checks", found.has_synthetic)
    table = _table(title, "机构 home", "状态", "上次检查", "应检日", "隐患 hazards")
    for row in found.overdue:
        table.add_row(
            escape(row.name), VALUE_WORDS.get(row.fire_state or "", "未知"),
            str(row.fire_checked_on), str(row.next_check_on), "、".join(row.hazards),
        )  # fmt: skip
    console.print(table)
    rate = f"达标 {found.passed} / 已知 {found.known} = {_share(found.rate)}"
    console.print(f"{rate}；未知 {found.unknown}")
    undated = sum(row.fire_checked_on is None for row in found.rows)
    console.print(
        f"检查日期未知 · undated {undated}；未核验隐患 · open hazards {len(found.hazards)}"
    )
    _notes(console, found.method, found.has_synthetic)


# --- work items ------------------------------------------------------------------------------


@work.command("list")
def list_work(
    city: City = "320400", on: On = None,
    kind: Annotated[str | None, typer.Option(help=" ".join(KINDS))] = None,
    state: Annotated[list[str] | None, typer.Option(help="状态 · state, may be repeated")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期 · overdue only")] = False,
) -> None:  # fmt: skip
    """工作事项清单，逾期的在前 · Work items, overdue ones first."""
    day = _day(on)
    with open_session() as session:
        items = work_items(
            session, within=city, on=day, kind=kind, states=state or (), overdue_only=overdue
        )
    synthetic = any(item.is_synthetic for item in items)
    title = _marked(f"工作事项 · {len(items)}", synthetic)
    table = _table(title, "编号", "类别 kind", "事项 title", "状态", "责任单位", "期限", "逾期")
    for item in items:
        table.add_row(*_item(item, day))
    console = Console()
    console.print(table)
    _notes(console, "状态由历次记录得出，记录只增不改", synthetic)


@work.command("show")
def show_work(number: Annotated[int, typer.Argument(help="事项编号 · number")]) -> None:
    """一个事项的全部经过 · The whole history of an item."""
    with open_session() as session:
        item = work_item(session, number, on=date.max)
        steps = history(session, number)
    console = Console()
    console.print(f"{number} {item.kind_zh}:{escape(item.title)} · {item.state_zh}")
    table = _table("经过 · history", "日期", "步骤 step", "单位 role", "期限 due", "备注 note")
    for step in steps:
        table.add_row(
            str(step.on_date), STEP_WORDS[step.step][0], escape(step.role or ""),
            str(step.due_on or ""), escape(step.note or ""),
        )  # fmt: skip
    console.print(table)


@work.command("add")
def add_work(
    kind: Annotated[str, typer.Argument(help=" ".join(KINDS))],
    title: Annotated[str, typer.Argument(help="发现了什么（不写个人）· what was found, nobody")],
    within: Annotated[str | None, typer.Option(help="区划代码 · division")] = None,
    lon: Annotated[float | None, typer.Option(help="经度 · longitude, CGCS2000")] = None,
    lat: Annotated[float | None, typer.Option(help="纬度 · latitude, CGCS2000")] = None,
    subject: Annotated[str | None, typer.Option(help="设施编码 · code of a facility")] = None,
    hazard: Annotated[str | None, typer.Option(help="隐患代码 · hazard code")] = None,
    role: Annotated[str | None, typer.Option(help="发现单位 · who found it")] = None,
    on: On = None,
) -> None:
    """登记一个事项 · Enter a work item."""
    finding = Finding(
        kind, title, "facility" if subject else None, subject, within, lon, lat, hazard
    )
    with open_session("atlas work") as session:
        number = open_item(session, finding, on=_day(on), role=role)
    Console().print(f"已登记为事项 {number} · entered as work item {number}")


@work.command("step")
def step_work(
    number: Annotated[int, typer.Argument(help="事项编号 · number")],
    step: Annotated[
        str, typer.Argument(help="assigned 交办 due 限期 done 整改 returned 退回 verified 核验")
    ],
    role: Annotated[str | None, typer.Option(help="责任单位或经办单位 · office or role")] = None,
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="期限 · due day")
    ] = None,
    note: Annotated[str | None, typer.Option(help="备注（不写个人）· remarks, no persons")] = None,
    on: On = None,
) -> None:
    """推进一个事项 · Take the next step of an item."""
    with open_session("atlas work") as session:
        item = take_step(
            session, number, step, on=_day(on), role=role,
            due_on=due.date() if due else None, note=note,
        )  # fmt: skip
    Console().print(f"事项 {number} 现为「{item.state_zh}」· item {number} is now {item.state}")


@work.command("find")
def find_work(
    what: Annotated[
        str, typer.Argument(help="gap 缺口 missing 应有未有 estate 配建 fire 消防 project 项目")
    ],
    city: City = "320400",
    kind: Annotated[str, typer.Option(help="gap：设施类别 · kind of facility")] = "canteen",
    radius: Annotated[float, typer.Option(help="gap：半径（米）· metres")] = 500,
    least: Annotated[float, typer.Option(help="gap：至少多少老人 · at least so many elders")] = 100,
    on: On = None,
) -> None:
    """把发现的问题列为事项，已有未核验的不重复 · Turn findings into work items, each once."""
    day = _day(on)
    found: dict[str, Callable[..., list[Finding]]] = {
        "missing": lambda s: of_missing(missing(s, city=city, on=day)),
        "estate": lambda s: of_estates(estates_checked(s, city=city, on=day)),
        "fire": lambda s: of_fire(fire_report(s, city=city, on=day)),
        "project": lambda s: of_projects(projects_report(s, city=city, on=day)),
        "gap": lambda s: of_gaps(
            gaps(s, city=city, kind=kind_code(kind), radius_m=radius, on=day), least
        ),
    }
    if what not in found:
        raise BadInput(
            both(f"可用：{'、'.join(found)}。", f"one of {', '.join(found)}"), parameter="what"
        )
    with open_session("atlas work") as session:
        findings = found[what](session)
        made = open_items(session, findings, on=day)
    Console().print(
        f"发现 {len(findings)} 项，新登记 {len(made)} 项 · {len(findings)} found, {len(made)} new"
    )


# --- tables ----------------------------------------------------------------------------------


def _print_values(found: Computation) -> None:
    heads = ("分子", "分母", "数值", "未知", "目标", "备注")
    table = _table(escape(found.title), "区域 area", *heads)
    for row in (*found.rows, found.total):
        target = {True: "达到", False: "未达到", None: "—"}[row.meets]
        table.add_row(
            escape(row.area_name), _n(row.numerator), _n(row.denominator),
            _value(row.value, found.indicator.scale), str(row.unknown), target,
            escape(f"{row.mark} {row.note}".strip()),
        )  # fmt: skip
    console = Console()
    console.print(table)
    if found.check.adds_up is False:
        console.print(f"合计核对 · check: {found.check.words}")
    console.print(f"来源 · sources: {escape('；'.join(found.sources) or '无')}")
    _notes(console, found.method, found.has_synthetic)


def _print_league(found: League) -> None:
    heads = ("区域 area", "分子/分母", "数值", "变化", "升降", "备注")
    table = _table(escape(found.title), "名次", *heads)
    for row in found.rows:
        rank = "—" if row.rank is None else f"{row.rank}{'(并列)' if row.is_tied else ''}"
        table.add_row(
            rank, escape(row.area_name), f"{_n(row.numerator)}/{_n(row.denominator)}",
            "未知" if row.value is None else f"{row.value:.4g}",
            "未知" if row.change is None else f"{row.change:+.4g}",
            "" if row.rank_change is None else f"{row.rank_change:+d}",
            escape("；".join([*([row.mark] if row.mark else []), *row.notes])),
        )  # fmt: skip
    console = Console()
    console.print(table)
    _notes(console, found.method, found.has_synthetic)


def _item(item: Item, on: date) -> tuple[str, ...]:
    return (
        str(item.id), item.kind_zh, escape(item.title), item.state_zh,
        escape(item.assigned_to or "未交办"), str(item.due_on or "无"),
        "逾期" if item.is_overdue(on) else "",
    )  # fmt: skip


def _table(title: str, *heads: str) -> Table:
    table = Table(title=title)
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _notes(console: Console, method: str, synthetic: bool) -> None:
    console.print(escape(method))
    console.print(STAFF)
    if synthetic:
        console.print("[yellow]含合成数据 · contains synthetic data[/]")


def _marked(title: str, synthetic: bool) -> str:
    return f"【{MARK}】{title}" if synthetic else title


def _share(value: float | None) -> str:
    return "未知" if value is None else f"{value:.1%}"


def _value(value: float | None, scale: float) -> str:
    if value is None:
        return "未知"
    return f"{value:.1%}" if scale == 1 else f"{value:,.1f}"


def _wan(yuan: float | None) -> str:
    return "未知" if yuan is None else f"{yuan / 1e4:,.1f}"


def _n(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.0f}"


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
