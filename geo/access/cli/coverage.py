"""How are coverage, its series and gaps asked for on the command line?"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.cli.asking import (
    EXACT,
    Across,
    Areas,
    City,
    Fallback,
    Kind,
    Measure,
    Minutes,
    Network,
    On,
    Pace,
    Radius,
    asked_of,
    mark_row,
    marked,
    number,
    print_notes,
    radius_of,
    share,
)
from geo.access.coverage import coverage
from geo.access.gaps import gaps
from geo.access.radius.answer import AGES, NO_NETWORK, STATUS_ZH, AreaCoverage, Coverage, OnFoot
from geo.access.radius.question import AREAS, kind_name
from geo.access.series import Series, days_of, series
from geo.queries.filters import kind_code
from geo.validity import today_in_china

WIDE = 110
"""Columns of a terminal from which all ages fit side by side."""


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("coverage")(show_coverage)
    app.command("gaps")(show_gaps)


def show_coverage(
    city: City = None,
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
    radius = radius_of(radius, minutes, pace)
    asked: dict[str, Any] = {
        "areas": areas, "kind": kind, "radius_m": radius, "measure": measure, "network": network,
        "fallback": fallback, "across_border": across_border,
    }  # fmt: skip
    with asked_of(city, on) as (session, place, day):
        if years is not None:
            days = days_of(years, today=today_in_china())
            _print_series(series(session, days, city=place, **asked))
            return
        found = coverage(session, city=place, on=day, **asked)
    console = Console()
    how = "步行 " if measure == "walk" else ""
    # A number cut short is a wrong number: on a narrow terminal each age gets a table of its own.
    tables = [AGES] if console.width >= WIDE else [(age,) for age in AGES]
    for ages in tables:
        title = f"{kind_name(kind)} {how}{radius:g} 米覆盖 · {AREAS[areas]}"
        table = Table(title=marked(title, found.has_synthetic))
        table.add_column("区域 area", overflow="fold")
        for age in ages:
            for head in (f"{age}+ 人数", "覆盖", "比例"):
                table.add_column(head, justify="right", no_wrap=True)
        for row in (*found.rows, found.total):
            cells = _cells(found, row, ages)
            table.add_row(*cells, style="bold" if row is found.total else None)
        console.print(table)
    _print_notes(console, found)


def show_gaps(
    city: City = None,
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
    radius = radius_of(radius, minutes, pace)
    with asked_of(city, on) as (session, place, day):
        found = gaps(
            session, city=place, areas=areas, kind=kind, radius_m=radius, on=day,
            across_border=across_border, order=order, limit=limit, measure=measure,
            network=network, fallback=fallback,
        )  # fmt: skip
    how = "步行 " if measure == "walk" else ""
    count = number(found.count)
    title = f"{kind_name(kind)} {how}{radius:g} 米服务缺口 · 共 {count} 处"
    synthetic = found.coverage.has_synthetic
    table = Table(title=marked(title, synthetic))
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
            str(gap.rank), mark_row(gap.area_name, synthetic), number(gap.people_60),
            number(gap.people_65), number(gap.people_80), f"{gap.area_m2 / 1e6:.2f}",
            number(gap.nearest_m),
        )  # fmt: skip
    console = Console()
    console.print(table)
    if found.dropped:
        console.print(
            f"另有 {found.dropped} 处无人碎片（共 {found.dropped_m2:.0f} m²）未列出 · dropped"
        )
    _print_notes(console, found.coverage)


def _print_series(found: Series) -> None:
    """Coverage at the end of each year, or on days, one line each."""
    first = found.answers[0].question
    title = f"{kind_name(first.kind)} {first.radius_m:g} 米覆盖 · 60+ 历年"
    table = Table(title=marked(title, found.has_synthetic))
    table.add_column("日期 day", no_wrap=True)
    for head in ("60+ 人数", "覆盖", "比例", "设施", "人口基准年"):
        table.add_column(head, justify="right")
    for each in found.answers:
        total, question = each.total, each.question
        year = "未知" if question.base_year is None else str(question.base_year)
        table.add_row(
            mark_row(question.on.isoformat(), each.has_synthetic), number(total.people_60),
            number(total.covered_60), share(total.share_60),
            number(each.facilities), year,
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(found.note)
    print_notes(console, found.answers[-1].method, found.has_synthetic, EXACT)


def _print_beside(console: Console, on_foot: OnFoot, total: AreaCoverage) -> None:
    """Who and what stands beside the ways."""
    console.print(f"路网 network: {escape(on_foot.network or 'none')}")
    console.print(
        f"距道路超过 {on_foot.snap_limit_m:g} 米的格网 {on_foot.too_far_cells} 个"
        f"（60+ {number(total.too_far_60)} 人），未覆盖且位于孤立路段的 {on_foot.island_cells} 个"
        f"（60+ {number(total.island_60)} 人） · too far from any way; on ways apart"
    )
    for each in on_foot.facilities:
        why = "距道路过远" if each.why == "too_far" else "位于孤立路段"
        away = "未知" if each.beside_m is None else f"{each.beside_m:.0f} 米"
        console.print(f"  {escape(each.code)} {escape(each.name)}：{why}（{away}）")


def _cells(found: Coverage, row: AreaCoverage, ages: tuple[str, ...]) -> list[str]:
    """A row of the coverage table; what is unknown says so."""
    name = mark_row(row.area_name, found.has_synthetic)
    if row.measured_by == "line" and found.question.fallback == "line":
        name += "（直线）"
    if row.people_60 is None or row.status == NO_NETWORK:
        name += f"（{STATUS_ZH[row.status]}）"
    made = [name]
    for age in ages:
        made += [
            number(getattr(row, f"people_{age}")),
            number(getattr(row, f"covered_{age}")),
            share(getattr(row, f"share_{age}")),
        ]
    return made


def _print_notes(console: Console, found: Coverage) -> None:
    """Method, people outside every area, and what is made up."""
    console.print(f"计入设施 {number(found.facilities)} 处 · facilities that counted")
    if found.unplaced is not None and found.unplaced.cells:
        console.print(
            f"未落入任何区域 60+ {found.unplaced.people_60:,.0f} 人 · in no area, not in the total"
        )
    if found.on_foot is not None:
        _print_beside(console, found.on_foot, found.total)
    print_notes(console, found.method, found.has_synthetic, EXACT)
