"""How are indicators, rankings and stated figures asked for on the command line?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from geo.access.cli.asking import (
    City,
    Measure,
    Network,
    On,
    asked_of,
    mark_row,
    number,
    opened,
    print_notes,
    table_of,
)
from geo.access.indicators import (
    Computation,
    IndicatorValue,
    catalogue,
    compute_indicator,
    league_of,
)
from geo.access.indicators.catalogue import LEVEL_WORDS, PERIOD_WORDS
from geo.access.indicators.figures import read_figures, state_figure
from geo.access.league import League
from geo.queries.admin import code_of

LEVELS = " · ".join(f"{level} {word}" for level, word in LEVEL_WORDS.items())


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("indicators")(list_indicators)
    app.command("indicator")(show_indicator)
    app.command("figure")(add_figure)
    app.command("figures")(load_figures)


def list_indicators() -> None:
    """指标目录 · The catalogue of indicators; needs no database."""
    heads = ("编号 id", "名称 title", "单位 unit", "层级 levels", "周期 period")
    table = table_of("指标目录 · indicators", *heads)
    for one in catalogue().values():
        levels = "、".join(LEVEL_WORDS[level] for level in one.levels)
        title = one.title + ("（内部）" if one.is_internal else "")
        table.add_row(one.id, escape(title), escape(one.unit_zh), levels, PERIOD_WORDS[one.period])
    Console().print(table)


def show_indicator(
    id_: Annotated[str, typer.Argument(metavar="ID", help="指标编号 · id, see atlas indicators")],
    city: City = None,
    by: Annotated[str | None, typer.Option(help=LEVELS, show_default="district")] = None,
    on: On = None,
    measure: Measure = "line",
    network: Network = None,
    league: Annotated[bool, typer.Option("--league", help="排名 · ranked")] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="与哪一日相比 · compared with")
    ] = None,
) -> None:
    """计算一个指标：分子、分母、数值、目标 · Compute one indicator, area by area.

    --measure walk：覆盖率沿步行路网计算。--league 按数值排名（并列同名次）。
    --since 与前一期比较。Ranked, and compared with a day before.
    """
    with asked_of(city, on) as (session, place, day):
        asked: dict[str, Any] = {"city": place, "by": by, "measure": measure, "network": network}
        now = compute_indicator(session, id_, on=day, **asked)
        before = None
        if since is not None:
            before = compute_indicator(session, id_, on=since.date(), **asked)
    if league or since is not None:
        _print_league(league_of(now, before))
    else:
        _print_values(now)


def add_figure(
    division: Annotated[str, typer.Argument(help="区划名称或代码 · division, by name or code")],
    figure: Annotated[str, typer.Argument(help="填报项 · e.g. civil_affairs_officers")],
    value: Annotated[float, typer.Argument(help="数值 · the number")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="统计日 · counted on")],
    unit: Annotated[str, typer.Option(help="单位 · unit")] = "人",
    source: Annotated[str | None, typer.Option(help="来源 · who states it")] = None,
) -> None:
    """填报一个区划的数字 · State a figure of a division; the same day is corrected."""
    with opened("atlas figure") as session:
        code = code_of(session, division, on.date())
        name = state_figure(session, code, figure, value, unit=unit, on=on.date(), source=source)
    Console().print(f"已保存 · stored: {escape(name)} {escape(figure)} = {value:g} {escape(unit)}")


def load_figures(
    file: Annotated[Path, typer.Argument(help="CSV：区划、数值两列 · columns division, value")],
    figure: Annotated[str, typer.Argument(help="填报项 · e.g. civil_affairs_officers")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="统计日 · counted on")],
    unit: Annotated[str, typer.Option(help="单位 · unit")] = "人",
    source: Annotated[str | None, typer.Option(help="来源 · who states it")] = None,
) -> None:
    """批量填报：各区划一行，全部或全不 · State a figure of many divisions, all rows or none.

    只收区划与数值两列，不收姓名。Two columns only: names of persons have no place here.
    """
    rows = read_figures(file)
    with opened("atlas figures") as session:
        for division, value in rows:
            code = code_of(session, division, on.date())
            state_figure(session, code, figure, value, unit=unit, on=on.date(), source=source)
    Console().print(f"已保存 {len(rows)} 个区划 · {len(rows)} divisions stored")


def _print_values(found: Computation) -> None:
    heads = ("分子", "分母", f"数值（{found.indicator.unit_zh}）", "未知", "目标", "备注")
    table = table_of(escape(found.title), "区域 area", *heads)
    for row in _told(found):
        target = {True: "达到", False: "未达到", None: "—"}[row.meets]
        table.add_row(
            mark_row(row.area_name, bool(row.mark)), number(row.numerator), number(row.denominator),
            _value(row.value, found.indicator.scale), str(row.unknown), target,
            escape(row.note),
        )  # fmt: skip
    console = Console()
    console.print(table)
    if found.check.adds_up is False:
        console.print(f"合计核对 · check: {found.check.words}")
    console.print(f"来源 · sources: {escape('；'.join(found.sources) or '无')}")
    print_notes(console, found.method, found.has_synthetic)


def _told(found: Computation) -> list[IndicatorValue]:
    """The areas and the whole; a city alone is told once."""
    return [*(found.rows if found.asked.by != "city" else ()), found.total]


def _print_league(found: League) -> None:
    heads = ("区域 area", "分子/分母", "数值", "变化", "升降", "备注")
    table = table_of(escape(found.title), "名次", *heads)
    for row in found.rows:
        rank = "—" if row.rank is None else f"{row.rank}{'（并列）' if row.is_tied else ''}"
        table.add_row(
            rank, mark_row(row.area_name, bool(row.mark)),
            f"{number(row.numerator)} / {number(row.denominator)}",
            "未知" if row.value is None else f"{row.value:.4g}",
            "未知" if row.change is None else f"{row.change:+.4g}",
            "" if row.rank_change is None else f"{row.rank_change:+d}",
            escape("；".join(row.notes)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    print_notes(console, found.method, found.has_synthetic)


def _value(value: float | None, scale: float) -> str:
    if value is None:
        return "未知"
    return f"{value:.1%}" if scale == 1 else f"{value:,.1f}"
