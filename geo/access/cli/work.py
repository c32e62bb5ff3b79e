"""How are work items asked for, entered and taken further on the command line?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from geo.access.cli.asking import (
    City,
    On,
    asked_of,
    day_of,
    mark_row,
    marked,
    opened,
    print_notes,
    table_of,
)
from geo.access.estates import estates_checked
from geo.access.gaps import gaps
from geo.access.indicators import fire_report, projects_report
from geo.access.standards.must_have import missing
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
from geo.access.work_items.findings import of_estates, of_fire, of_gaps, of_missing, of_projects
from geo.errors import BadInput, both
from geo.queries.filters import kind_code

work = typer.Typer(no_args_is_help=True, help="工作事项 · work items")


def register(app: typer.Typer) -> None:
    """Add `work …` to an app."""
    app.add_typer(work, name="work")


@work.command("list")
def list_work(
    city: City = None, on: On = None,
    kind: Annotated[str | None, typer.Option(help=" ".join(KINDS))] = None,
    state: Annotated[list[str] | None, typer.Option(help="状态 · state, may be repeated")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期 · overdue only")] = False,
) -> None:  # fmt: skip
    """工作事项清单，逾期的在前 · Work items, overdue ones first."""
    with asked_of(city, on) as (session, place, day):
        items = work_items(
            session, within=place, on=day, kind=kind, states=state or (), overdue_only=overdue
        )
    synthetic = any(item.is_synthetic for item in items)
    title = marked(f"工作事项 · {len(items)}", synthetic)
    table = table_of(title, "编号", "类别 kind", "事项 title", "状态", "责任单位", "期限", "逾期")
    for item in items:
        table.add_row(*_item(item, day))
    console = Console()
    console.print(table)
    print_notes(console, "状态由历次记录得出，记录只增不改。", synthetic)


@work.command("show")
def show_work(number: Annotated[int, typer.Argument(help="事项编号 · number")]) -> None:
    """一个事项的全部经过 · The whole history of an item."""
    with opened() as session:
        item = work_item(session, number, on=date.max)
        steps = history(session, number)
    console = Console()
    console.print(f"{number} {item.kind_zh}：{escape(item.title)} · {item.state_zh}")
    table = table_of("经过 · history", "日期", "步骤 step", "单位 role", "期限 due", "备注 note")
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
    with opened("atlas work") as session:
        number = open_item(session, finding, on=day_of(on), role=role)
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
    with opened("atlas work") as session:
        item = take_step(
            session, number, step, on=day_of(on), role=role,
            due_on=due.date() if due else None, note=note,
        )  # fmt: skip
    Console().print(f"事项 {number} 现为「{item.state_zh}」· item {number} is now {item.state}")


@work.command("find")
def find_work(
    what: Annotated[
        str, typer.Argument(help="gap 缺口 missing 应有未有 estate 配建 fire 消防 project 项目")
    ],
    city: City = None,
    kind: Annotated[str, typer.Option(help="gap：设施类别 · kind of facility")] = "canteen",
    radius: Annotated[float, typer.Option(help="gap：半径（米）· metres")] = 500,
    least: Annotated[float, typer.Option(help="gap：至少多少老人 · at least so many elders")] = 100,
    on: On = None,
) -> None:
    """把发现的问题列为事项，已有未核验的不重复 · Turn findings into work items, each once."""
    found: dict[str, Callable[..., list[Finding]]] = {
        "missing": lambda s: of_missing(missing(s, city=place, on=day)),
        "estate": lambda s: of_estates(estates_checked(s, city=place, on=day)),
        "fire": lambda s: of_fire(fire_report(s, city=place, on=day)),
        "project": lambda s: of_projects(projects_report(s, city=place, on=day)),
        "gap": lambda s: of_gaps(
            gaps(s, city=place, kind=kind_code(kind), radius_m=radius, on=day), least
        ),
    }
    if what not in found:
        raise BadInput(
            both(f"可用：{'、'.join(found)}。", f"one of {', '.join(found)}"), parameter="what"
        )
    with asked_of(city, on, "atlas work") as (session, place, day):
        findings = found[what](session)
        made = open_items(session, findings, on=day)
    Console().print(
        f"发现 {len(findings)} 项，新登记 {len(made)} 项 · {len(findings)} found, {len(made)} new"
    )


def _item(item: Item, on: date) -> tuple[str, ...]:
    return (
        str(item.id), item.kind_zh, mark_row(item.title, item.is_synthetic), item.state_zh,
        escape(item.assigned_to or "未交办"), str(item.due_on or "无"),
        "逾期" if item.is_overdue(on) else "",
    )  # fmt: skip
