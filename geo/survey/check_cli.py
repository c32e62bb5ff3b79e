"""What does an officer type to check whether areas or lines fit each other?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.queries.admin import code_of
from geo.survey.derived.city import units_of_city
from geo.survey.derived.files import read_coverage
from geo.survey.faults.found import KIND_EN, KIND_ZH
from geo.survey.lines import MEASURED
from geo.survey.quality import UNASKED, Quality, as_geojson, check_lines, check_units, concerning
from geo.survey.topology.repair import repaired
from geo.survey.topology.units import Units
from geo.survey.written import save_json, write_features
from geo.validity import today_in_china

MOST_OF_A_KIND = 10
"""Findings of one kind that the screen lists."""


def register(survey: typer.Typer) -> None:
    """Add `check` to `atlas survey`."""
    survey.command("check")(check)


def check(
    file: Annotated[
        Path | None, typer.Argument(help="面或界线文件 · file of areas or of lines")
    ] = None,
    city: Annotated[str | None, typer.Option(help="或：已载入的城市 · or a loaded city")] = None,
    level: Annotated[
        int, typer.Option(min=1, max=5, help="1 省 · 2 地 · 3 县 · 4 乡 · 5 村级")
    ] = 3,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · default today"),
    ] = None,
    crs: Annotated[str | None, typer.Option(help="文件的坐标系 · CRS of the file")] = None,
    layer: Annotated[str | None, typer.Option(help="图层 · layer of the file")] = None,
    sliver: Annotated[float, typer.Option(min=0, help="窄于此为碎面（米）· metres")] = 20.0,
    least: Annotated[float, typer.Option(min=0, help="小于此不报（平方米）· square metres")] = 1.0,
    out: Annotated[
        Path | None, typer.Option(help="问题位置写成 GeoJSON · write the places to")
    ] = None,
    repair: Annotated[
        Path | None, typer.Option("--repaired", help="另存按建议修复的图形 · repaired copy")
    ] = None,
) -> None:
    """图形质量：重叠、空隙、碎面、悬挂线、自相交、两侧同码、空洞，列出飞地 · Check a coverage.

    只报告，不改动任何数据。Reports only; nothing is changed. Exit code 3: faults were found.
    """
    if (file is None) == (city is None):
        raise BadInput(
            both("请给出一个文件，或用 --city 指明城市。", "give either a file or --city"),
            parameter="file",
        )
    units: Units | None = None
    if file is not None:
        given = read_coverage(file, crs=crs, level=level, layer=layer)
        units, title = given.units, file.name
        if units is None and given.lines is not None:
            quality = check_lines(given.lines, given.names, given.left, given.right)
    else:
        day = on.date() if on else today_in_china()
        with open_session("atlas survey check") as session:
            held = units_of_city(session, code_of(session, city or "", day), on=day, level=level)
        units, title = held.units, f"{held.city.name} {day}"
    if units is not None:
        quality = check_units(units, least_m2=least, sliver_m=sliver)
    if file is None:
        quality = concerning(quality, held.own)
    _print_quality(quality, title)
    if out is not None:
        save_json(out, as_geojson(quality))
    if repair is not None:
        _save_repaired(repair, units)
    if not quality.is_sound:
        raise typer.Exit(3)


def _print_quality(quality: Quality, title: str) -> None:
    console = Console()
    table = Table(title=f"图形质量 · Quality：{escape(title)}")
    for heading in (
        "类别 · Kind",
        "涉及 · Concerned",
        f"大小（{MEASURED}）· Size",
        "建议 · Suggestion",
    ):
        table.add_column(heading, overflow="fold")
    shown: Counter[str] = Counter()
    for one in quality.findings:
        shown[one.kind] += 1
        if shown[one.kind] > MOST_OF_A_KIND:
            continue
        table.add_row(
            f"{KIND_ZH[one.kind]} · {KIND_EN[one.kind]}", escape("、".join(one.names)), one.size,
            escape(one.suggestion_zh),
        )  # fmt: skip
    if quality.findings:
        console.print(table)
    if max(shown.values(), default=0) > MOST_OF_A_KIND:
        console.print(f"每类只列前 {MOST_OF_A_KIND} 处，全部见 --out · more of a kind: use --out")
    counted = "，".join(f"{KIND_ZH[kind]} {n}" for kind, n in quality.counts.items()) or "无"
    console.print(f"共查 {quality.checked} 项：{counted} · {quality.checked} checked")
    if quality.euler is not None:
        net = quality.euler
        console.print(
            f"节点 V {net.nodes}，界线段 E {net.arcs}，面 F {net.faces}，连通分量 C "
            f"{net.components}：V − E + F = 1 + C {'成立' if net.holds else '不成立（有交叉）'}"
        )
    if quality.unmatched:
        console.print(f"相邻图形顶点不一致 {quality.unmatched} 处 · vertices not shared")
    console.print("无差错 · sound" if quality.is_sound else UNASKED)


def _save_repaired(path: Path, units: Units | None) -> None:
    """Write the proposal of `repaired` to a file of its own; the source stays as it is."""
    if units is None:
        raise BadInput(
            both("只有面状图形可以另存修复结果。", "only areas can be repaired"),
            parameter="repaired",
        )
    made = repaired(units)
    write_features(
        path,
        [(shape, {"code": code, "name": name}) for code, name, shape in
         zip(made.units.codes, made.units.names, made.units.shapes, strict=True)],
        "按建议修复，须经各方核定；不作划界依据 · a proposal, to be confirmed by all sides",
    )  # fmt: skip
    Console().print(
        f"另存修复结果：修复自相交 {made.mended} 个，重叠归属 {made.overlap_m2 / 1e4:.2f} 公顷，"
        f"填补空隙 {made.gap_m2:.1f} 平方米（{MEASURED}）；原数据未改动 · source unchanged"
    )
