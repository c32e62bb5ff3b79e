"""How is a report asked for, and a figure of one explained? `atlas report`, `atlas explain`."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.access.explain import Explanation, explain, find_figure, read_register, register_of
from geo.access.figures import TOPICS, shortest
from geo.access.radius.question import kind_name
from geo.access.report import SITES, Planned, gather
from geo.access.report_data import ReportData
from geo.db.engine import open_session
from geo.errors import BadInput, GeoError, both
from geo.queries.admin import code_of
from geo.settings import CitySettings, HomeSettings, MapSettings, read
from geo.validity import today_in_china
from maps.report.chapters import compose
from maps.report.explaining import draw_explained
from maps.report.formats import check_format, write
from maps.report.names import value_name
from maps.writing import write_whole

On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]


def register(app: typer.Typer) -> None:
    """Add both commands to an app."""
    app.command("report")(save_report)
    app.command("explain")(show_explanation)


def save_report(
    city: Annotated[str, typer.Argument(help="城市名或代码 · city, by name or code.")],
    out: Annotated[
        list[Path], typer.Option("--out", help="文件 .docx .xlsx .pdf，可重复 · file, repeatable.")
    ],
    on: On = None,
    radius: Annotated[
        float | None,
        typer.Option(help="统一半径（米），默认按生活圈 · one radius in metres for all kinds."),
    ] = None,
    site_kind: Annotated[
        list[str] | None,
        typer.Option(help="推荐选址的设施类别，可重复 · recommend sites of this kind."),
    ] = None,
    sites: Annotated[int, typer.Option(help="每类新增处数 · how many new sites of each.")] = SITES,
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="方案名称或编号，可重复，默认全部 · scenario, default all of the city."),
    ] = None,
    walk: Annotated[
        bool,
        typer.Option("--walk/--no-walk", help="有路网时并列步行 · on foot beside the line."),
    ] = True,
    network: Annotated[
        str | None, typer.Option(help="路网名称，有多个时 · which network, where several lie.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="公开口径：已公开、取整 · published rows, rounded.")
    ] = False,
) -> None:
    """养老服务设施布局规划报告：Word、Excel、PDF · A layout plan for elder-care facilities.

    默认内部口径：含未公开的设施，人数不取整。旁边的 .figures.json 供 atlas explain 复核。
    For staff unless --public. FILE.figures.json beside it lets `atlas explain` check each figure.
    """
    endings = [check_format(file) for file in out]
    console = Console()
    approval = read(MapSettings).map_approval_number.strip()
    if public and not approval:
        raise BadInput(
            both(
                "公开报告含地图，须先有审图号 ATLAS_MAP_APPROVAL_NUMBER。",
                "a public report holds maps and needs ATLAS_MAP_APPROVAL_NUMBER first",
            ),
            parameter="public",
        )
    day = on.date() if on else today_in_china()
    with open_session("atlas report") as session:
        data = gather(
            session, city=code_of(session, city, day), on=day, radius_m=radius,
            published_only=public,
            rounded_to=_rounding() if public else 0.0,
            approval_number=approval,
            planned=Planned(site_kind, sites, scenario, walk, network),
        )  # fmt: skip
    document = compose(data)
    for file, ending in zip(out, endings, strict=True):
        content = write(document, ending)
        listed = _register(data, file)
        write_whole(file, content)
        write_whole(file.with_name(file.name + ".figures.json"), listed)
        _keep(file, listed, data.made_at)
        console.print(f"已存 · saved {file} ({len(content) / 1e6:.1f} MB)", markup=False)
    console.print(
        f"{len(data.figures())} 个数字有编号，复核： atlas explain 编号 · figures with an id",
        markup=False,
    )
    if data.has_synthetic:
        console.print("[yellow]含合成数据，仅供演示 · contains synthetic data[/]")


def show_explanation(
    figure: Annotated[str, typer.Argument(help="编号，如 C-3F2A · id of a figure.")],
    figures: Annotated[
        Path | None,
        typer.Option(help="报告旁的 .figures.json，默认查本机存过的 · register of the report."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--map", help="把它画成地图 PNG · draw it as a map.")
    ] = None,
) -> None:
    """报告中一个数字的来历，并当场复算 · Where a figure of a report comes from; asked again now."""
    registers = [read_register(figures)] if figures is not None else _registers()
    found, source = find_figure(registers, figure)
    with open_session("atlas explain") as session:
        told = explain(session, found, source)
        drawn = draw_explained(session, told) if picture is not None else None
    _tell(Console(), told)
    if picture is not None and drawn is not None:
        write_whole(picture, drawn)
        Console().print(f"已存 · saved {picture}", markup=False)


def _rounding() -> float:
    """What a public report rounds to. Raises BadInput where small numbers are not protected."""
    base = float(read(CitySettings).small_count_threshold)
    if base <= 0:
        raise BadInput(
            both(
                "公开报告须设小数保护 ATLAS_SMALL_COUNT_THRESHOLD（如 10）。",
                "a public report needs ATLAS_SMALL_COUNT_THRESHOLD above 0",
            ),
            parameter="public",
        )
    return base


def _register(data: ReportData, file: Path) -> bytes:
    figures = data.figures()
    listed = register_of(figures, report=file.name, made_at=data.made_at, length=shortest(figures))
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()


def _folder() -> Path:
    return read(HomeSettings).folder / "figures"


def _keep(file: Path, listed: bytes, made_at: datetime) -> None:
    """A copy at home, so that an id alone is enough on this machine; the one beside it counts."""
    stamp = made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    with contextlib.suppress(OSError, GeoError):
        _folder().mkdir(parents=True, exist_ok=True)
        write_whole(_folder() / f"{stamp}-{file.name}.json", listed)


def _registers() -> Iterator[Mapping[str, Any]]:
    """The registers kept at home, the newest first; a damaged one is passed over."""
    for path in sorted(_folder().glob("*.json"), reverse=True):
        with contextlib.suppress(GeoError):
            yield read_register(path)


def _tell(console: Console, told: Explanation) -> None:
    """The figure, what was asked, then and now, the rule, the data."""
    asked = told.figure.asked
    console.print(f"[bold]{told.id}[/] {escape(told.figure.name)} · {TOPICS[asked.topic].zh}")
    console.print(f"报告 report: {escape(told.report)} ({escape(told.made_at)})", highlight=False)
    console.print("问题 question: " + escape("; ".join(_question(told))), highlight=False)
    table = Table("数值 value", "报告中 then", "现在 now", "相同 same")
    for value in told.values:
        name = escape(value_name(value.name))
        table.add_row(name, _shown(value.then), _shown(value.now), "✓" if value.is_same else "✗")
    console.print(table)
    if told.is_gone:
        console.print("[red]现在没有这一行了 · this line is gone[/]")
    verdict = "[green]仍然相同 · still the same[/]" if told.is_same else "[red]已不同 · changed[/]"
    data = "数据未变" if told.same_data else "数据已更新"
    console.print(f"复算 recomputed {told.checked_at:%Y-%m-%d %H:%M} UTC: {verdict} ({data})")
    console.print(f"规则 rule: {escape(told.now.method)}", highlight=False)
    for origin in told.now.origins:
        mark = " 合成" if origin.is_synthetic else ""
        console.print(
            f"输入 input: {escape(origin.what)} · {escape(origin.source or '未知')} · "
            f"{origin.source_date or '日期未知'} · {origin.rows} 行{mark}", highlight=False,
        )  # fmt: skip
    console.print(f"数据状态 stamp: 报告 {told.figure.stamp}，现在 {told.now.stamp}",
                  highlight=False)  # fmt: skip
    for one in told.deliveries:
        console.print(
            f"批次 delivery {one.id}: {escape(one.table)} ← {escape(one.file_name)} "
            f"sha256 {one.sha256[:12]} · {one.received_at:%Y-%m-%d} · {one.rows} 行",
            highlight=False,
        )  # fmt: skip


def _question(told: Explanation) -> Iterator[str]:
    asked = told.figure.asked
    yield f"城市 {asked.city}"
    yield f"日期 {asked.on.isoformat() if isinstance(asked.on, date) else asked.on}"
    yield f"分区 {asked.areas}"
    if asked.kind:
        yield f"类别 {kind_name(asked.kind)}"
    if asked.radius_m:
        measure = f"步行，路网 {asked.network}" if asked.measure == "walk" else "直线"
        yield f"半径 {asked.radius_m:g} 米（{measure}）"
    if asked.sites:
        yield f"新增 {asked.sites} 处"
    if asked.scenario:
        yield f"方案编号 {asked.scenario}"
    if asked.indicator:
        yield f"指标 {asked.indicator}"
    yield f"人口 {asked.basis} {asked.base_year or '最近一年'} {asked.projection}"
    yield "公开口径" if asked.published_only else "内部口径"


def _shown(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.12g}"
