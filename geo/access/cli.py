"""How is access asked for on the command line? `coverage`, `gaps` and `missing` as tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access import measures_cli, planning_cli, siting_cli
from geo.access.coverage import coverage
from geo.access.gaps import gaps
from geo.access.measures_cli import print_beside, show_series
from geo.access.radius.answer import AGES, NO_NETWORK, STATUS_ZH, AreaCoverage, Coverage
from geo.access.radius.question import AREAS, kind_name
from geo.access.standards import missing
from geo.access.walking.pace import metres_in
from geo.db.engine import open_session
from geo.queries.filters import kind_code
from geo.validity import today_in_china

STAFF = "内部口径，含未公开的设施，不得直接对外发布 · for staff: unpublished facilities count too"

WIDE = 110
"""Columns of a terminal from which all ages fit side by side."""

City = Annotated[str, typer.Option(help="城市代码 · code of the city")]
Areas = Annotated[str, typer.Option(help="district 区县 · township 乡镇街道 · zone 片区")]
Kind = Annotated[str, typer.Option(help="设施类别或大类 · kind or group of facilities")]
Radius = Annotated[float, typer.Option(help="半径（米）· radius in metres")]
Minutes = Annotated[
    float | None, typer.Option(help="分钟，代替半径 · minutes, not metres", show_default=False)
]
Pace = Annotated[str, typer.Option(help="elder 老年人步速（设置）· planning 规划口径 60 米/分")]
Measure = Annotated[str, typer.Option(help="line 直线 · walk 沿路网步行")]
Network = Annotated[str | None, typer.Option(help="路网名称 · road network", show_default=False)]
Fallback = Annotated[str, typer.Option(help="无路网的区域：none 未知 · line 按直线")]
Across = Annotated[
    bool, typer.Option(help="区域外设施是否计入 · do facilities across the border count")
]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this wing to an app."""
    app.command("coverage")(show_coverage)
    app.command("gaps")(show_gaps)
    app.command("missing")(show_missing)
    measures_cli.register(app)
    planning_cli.register(app)
    siting_cli.register(app)


def show_coverage(
    city: City = "320400",
    areas: Areas = "district",
    kind: Kind = "canteen",
    radius: Radius = 500,
    minutes: Minutes = None,
    pace: Pace = "elder",
    measure: Measure = "line",
    network: Network = None,
    fallback: Fallback = "none",
    across_border: Across = True,
    on: On = None,
    years: Annotated[
        str | None,
        typer.Option(help="历年：2020-2026 或日期 · years or days", show_default=False),
    ] = None,
) -> None:
    """覆盖率：各区域半径内的老人数与比例 · Elders within a radius, by area.

    内部口径：未公开的设施也计入，人数不取整。For staff: unpublished facilities count too, and
    counts are exact.
    """
    kind = kind_code(kind)
    radius = radius if minutes is None else metres_in(minutes, pace)
    asked: dict[str, Any] = {
        "city": city, "areas": areas, "kind": kind, "radius_m": radius, "measure": measure,
        "network": network, "fallback": fallback, "across_border": across_border,
    }  # fmt: skip
    if years is not None:
        show_series(years, asked)
        return
    with open_session() as session:
        found = coverage(session, on=_day(on), **asked)
    console = Console()
    how = "步行 " if measure == "walk" else ""
    # A number cut short is a wrong number: on a narrow terminal each age gets a table of its own.
    tables = [AGES] if console.width >= WIDE else [(age,) for age in AGES]
    for ages in tables:
        table = Table(title=f"{kind_name(kind)} {how}{radius:g} 米覆盖 · {AREAS[areas]}")
        table.add_column("区域 area", overflow="fold")
        for age in ages:
            for head in (f"{age}+ 人数", "覆盖", "比例"):
                table.add_column(head, justify="right", no_wrap=True)
        for row in (*found.rows, found.total):
            cells = _cells(row, ages, is_mixed=found.question.fallback == "line")
            table.add_row(*cells, style="bold" if row is found.total else None)
        console.print(table)
    _print_notes(console, found)


def show_gaps(
    city: City = "320400",
    areas: Areas = "district",
    kind: Kind = "canteen",
    radius: Radius = 500,
    minutes: Minutes = None,
    pace: Pace = "elder",
    measure: Measure = "line",
    network: Network = None,
    fallback: Fallback = "none",
    across_border: Across = True,
    on: On = None,
    order: Annotated[str, typer.Option(help="people 按人数 · area 按面积")] = "people",
    limit: Annotated[int, typer.Option(help="行数 · rows")] = 20,
) -> None:
    """缺口：未覆盖的连片区域，人数多的在前 · Uncovered stretches, most people first.

    内部口径：未公开的设施也计入，人数不取整。For staff: unpublished facilities count too, and
    counts are exact.
    """
    kind = kind_code(kind)
    radius = radius if minutes is None else metres_in(minutes, pace)
    with open_session() as session:
        found = gaps(
            session, city=city, areas=areas, kind=kind, radius_m=radius, on=_day(on),
            across_border=across_border, order=order, limit=limit, measure=measure,
            network=network, fallback=fallback,
        )  # fmt: skip
    how = "步行 " if measure == "walk" else ""
    count = _number(found.count)
    table = Table(title=f"{kind_name(kind)} {how}{radius:g} 米服务缺口 · 共 {count} 处")
    for head in (
        "序号 no.",
        "区域 area",
        "60+",
        "65+",
        "80+",
        "km²（量算值）",
        "平均最近 m",
    ):
        table.add_column(head, justify="left" if "area" in head else "right", overflow="fold")
    for gap in found.gaps:
        table.add_row(
            str(gap.rank), escape(gap.area_name), _number(gap.people_60), _number(gap.people_65),
            _number(gap.people_80), f"{gap.area_m2 / 1e6:.2f}", _number(gap.nearest_m),
        )  # fmt: skip
    console = Console()
    console.print(table)
    if found.dropped:
        console.print(
            f"另有 {found.dropped} 处无人碎片（共 {found.dropped_m2:.0f} m²）未列出 · dropped"
        )
    _print_notes(console, found.coverage)


def show_missing(
    city: City = "320400",
    areas: Annotated[str, typer.Option(help="township 乡镇街道 · zone 片区")] = "township",
    on: On = None,
    everything: Annotated[
        bool, typer.Option("--all", help="也列出已有的 · list present ones too")
    ] = False,
) -> None:
    """应有未有：缺少规定设施的乡镇街道 · Townships without the facility each must have.

    内部口径：未公开的设施也计入。For staff: unpublished facilities count too.
    """
    with open_session() as session:
        found = missing(session, city=city, areas=areas, on=_day(on))
    console = Console()
    if not found.rules:
        console.print("没有适用的规则 · no rule applies")
    for rule in found.rules:
        counts = found.counts(rule.code)
        table = Table(title=escape(rule.title), caption=escape(f"{rule.source} · {rule.status}"))
        for head in ("区域 area", "状态 status", "设施 facilities"):
            table.add_column(head, overflow="fold")
        for row in found.rows:
            if row.rule_code == rule.code and (everything or row.status != "present"):
                names = escape("、".join(facility.name for facility in row.facilities))
                table.add_row(escape(row.area_name), row.status_zh, names)
        console.print(table)
        console.print(f"已有 {counts.get('present', 0)} / {sum(counts.values())}")
    console.print(STAFF)
    if found.has_synthetic:
        console.print("[yellow]含合成数据 · contains synthetic data[/]")


def _cells(row: AreaCoverage, ages: tuple[str, ...], *, is_mixed: bool) -> list[str]:
    """A row of the coverage table; what is unknown says so."""
    name = escape(row.area_name)
    if row.measured_by == "line" and is_mixed:
        name += "（直线）"
    if row.people_60 is None or row.status == NO_NETWORK:
        name += f"({STATUS_ZH[row.status]})"
    made = [name]
    for age in ages:
        share = getattr(row, f"share_{age}")
        made += [
            _number(getattr(row, f"people_{age}")),
            _number(getattr(row, f"covered_{age}")),
            "未知" if share is None else f"{share:.1%}",
        ]
    return made


def _number(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.0f}"


def _print_notes(console: Console, found: Coverage) -> None:
    """Method, people outside every area, and what is made up."""
    console.print(found.method)
    console.print(STAFF)
    console.print(f"计入设施 {_number(found.facilities)} 处 · facilities that counted")
    if found.unplaced is not None and found.unplaced.cells:
        console.print(
            f"未落入任何区域 60+ {found.unplaced.people_60:,.0f} 人 · in no area, not in the total"
        )
    if found.on_foot is not None:
        print_beside(console, found.on_foot, found.total)
    if found.has_synthetic:
        console.print("[yellow]含合成数据 · contains synthetic data[/]")


def _day(on: datetime | None) -> date:
    return on.date() if on is not None else today_in_china()
