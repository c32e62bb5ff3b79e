"""What does an officer type to plan, keep and publish a walk along a boundary?"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.joint.walks.files import recorded_share, sheet_of, write_walk
from geo.joint.walks.found import KIND_ZH
from geo.joint.walks.kept import add_picture, keep_walk, kept_walks, publish_walk, withdraw_walk
from geo.joint.walks.plan import Walk, Way, plan_walk
from geo.validity import today_in_china

walk = typer.Typer(no_args_is_help=True, help="老地名·边界行 · Walks along boundaries.")

Line = Annotated[str, typer.Argument(metavar="LINE", help="界线代码 · code of the line")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="路线编号 · code of the walk, W-0001")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Start = Annotated[
    float, typer.Option("--from", min=0, help="起点里程（米）· chainage of the start")
]
End = Annotated[float | None, typer.Option("--to", help="终点里程（米）· chainage of the end")]
Part = Annotated[int | None, typer.Option(min=1, help="第几段，默认最长段 · stretch of the line")]
Near = Annotated[float, typer.Option(help="老地名距线（米）· names within metres")]
OnRoads = Annotated[bool, typer.Option("--roads", help="走道路而非沿线 · on ways, not on the line")]
Network = Annotated[str | None, typer.Option(help="路网 · road network, where there are several")]
Pace = Annotated[str, typer.Option(help="步速 planning 或 elder · pace")]
Role = Annotated[str, typer.Option(help="岗位，不写个人 · office or role, no person")]


@walk.command("plan")
def plan(
    line: Line, start: Start = 0.0, end: End = None, part: Part = None, near: Near = 500.0,
    roads: OnRoads = False, network: Network = None, pace: Pace = "planning", on: On = None,
    out: Annotated[Path | None, typer.Option(help="写成 .gpx 或 .kml · write to")] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="文件含界桩位置 · markers in the file")
    ] = False,
) -> None:  # fmt: skip
    """沿界线一段的路线：站点、距离、时间 · A walk along a stretch: stops, distance, time."""
    with open_session("atlas survey walk plan") as session:
        made = plan_walk(
            session, line, on=_day(on), part=part, from_m=start, to_m=end, near_m=near,
            way=_way(roads), network=network, pace=pace,
        )  # fmt: skip
    _print_walk(made)
    if out is not None:
        write_walk(sheet_of(made, internal=internal), out)
        Console().print(f"已写入 · written: {out}", markup=False, soft_wrap=True)


@walk.command("compare")
def compare(
    line: Line,
    tracks: Annotated[list[Path], typer.Argument(metavar="TRACK", help="轨迹 · GPX, KML …")],
    start: Start = 0.0, end: End = None, part: Part = None, on: On = None,
    within: Annotated[
        float | None, typer.Option(min=1, max=1000, help="距线（米）· metres")
    ] = None,
) -> None:  # fmt: skip
    """实走轨迹覆盖路线多少 · How much of a stretch recorded tracks came near."""
    with open_session("atlas survey walk compare") as session:
        made = plan_walk(session, line, on=_day(on), part=part, from_m=start, to_m=end)
    found = recorded_share(made, tracks, within_m=within)
    console = Console()
    console.print(
        f"{found.share:.1%}：{found.walked_m:.0f} / {found.total_m:.0f} 米（量算值）", markup=False
    )
    console.print(found.method, markup=False, soft_wrap=True)
    for gap in found.gaps:
        told = f"未走 · not walked：{gap.from_m:.0f}–{gap.to_m:.0f} 米"
        console.print(told, markup=False)


@walk.command("keep")
def keep(
    line: Line,
    title: Annotated[str, typer.Option(help="标题 · title")],
    role: Role,
    story: Annotated[Path | None, typer.Option(help="故事 JSON · intro and chapters")] = None,
    start: Start = 0.0, end: End = None, part: Part = None, near: Near = 500.0,
    roads: OnRoads = False, network: Network = None, pace: Pace = "planning", on: On = None,
) -> None:  # fmt: skip
    """保存路线和故事，暂不公开 · Keep a walk with its story, not yet public."""
    told = _story(story)
    with open_session("atlas survey walk keep") as session:
        made = plan_walk(
            session, line, on=_day(on), part=part, from_m=start, to_m=end, near_m=near,
            way=_way(roads), network=network, pace=pace,
        )  # fmt: skip
        code = keep_walk(session, made, title=title, story=told, role=role)
    Console().print(f"已保存 {code}，未公开 · kept, not public", markup=False)


@walk.command("picture")
def picture(
    code: Code,
    file: Annotated[Path, typer.Argument(help="JPEG、PNG、WebP")],
    caption: Annotated[str, typer.Option(help="说明 · what it shows")],
    source: Annotated[str, typer.Option(help="来源 · where it comes from")],
    chapter: Annotated[int | None, typer.Option(min=1, help="第几节 · chapter")] = None,
) -> None:
    """加一张图片，去除拍摄信息 · Add a picture; its metadata are taken away."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise _bad("file", f"读不到 {file}：{problem.strerror}。", f"cannot read {file}") from None
    with open_session("atlas survey walk picture") as session:
        at = add_picture(session, code, content, caption=caption, source=source, chapter=chapter)
    Console().print(f"已加入 {code} 第 {at} 张 · added", markup=False)


@walk.command("list")
def show_all() -> None:
    """保存的路线 · Walks that are kept."""
    with open_session("atlas survey walk list") as session:
        found = kept_walks(session)
    table = Table(title="边界行 · Walks")
    for heading in ("编号", "标题 · Title", "界线 · Line", "千米（量算值）", "公开 · Public"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.code, escape(one.title), escape(one.line_label), f"{one.length_m / 1000:.1f}",
            "是" if one.is_published else "否",
        )  # fmt: skip
    Console().print(table)


@walk.command("publish")
def publish(code: Code, role: Role) -> None:
    """公开一条路线 · Let the public see a walk."""
    with open_session("atlas survey walk publish") as session:
        publish_walk(session, code, role=role)
    Console().print(f"已公开 {code}：/walks/{code} · published", markup=False)


@walk.command("withdraw")
def withdraw(code: Code, role: Role) -> None:
    """撤回一条路线 · Take a walk off the public page."""
    with open_session("atlas survey walk withdraw") as session:
        withdraw_walk(session, code, role=role)
    Console().print(f"已撤回 {code} · withdrawn", markup=False)


def _print_walk(made: Walk) -> None:
    table = Table(title=escape(f"{made.line.label} 边界行 · Walk"))
    for heading in ("类别", "站 · Stop", "记载 · On record"):
        table.add_column(heading, overflow="fold")
    table.add_column("里程 m", justify="right")
    table.add_column("离线 m", justify="right")
    for one in made.stops:
        told = "；".join([*(words for words, _ in one.told), *one.lists])
        name = one.name if one.is_public else f"{one.name}（内部）"
        table.add_row(
            KIND_ZH[one.kind], escape(name), escape(told), f"{one.at_m:.0f}", f"{one.offset_m:.0f}"
        )
    console = Console()
    console.print(table)
    aside = f"，另至路口直线 {made.aside_m:.0f} 米" if made.aside_m else ""
    console.print(
        f"全程 {made.length_m / 1000:.2f} 千米（量算值）{aside}，"
        f"约 {made.minutes:.0f} 分钟，不含停留",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    console.print(made.caution, markup=False, soft_wrap=True)
    if made.line.is_disputed:
        console.print("争议段，仅限内部，不得公开 · disputed: internal only", markup=False)
    if made.has_synthetic:
        console.print("含合成数据 · rests on synthetic data", markup=False)


def _story(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        told = orjson.loads(path.read_bytes())
    except OSError as problem:
        raise _bad("story", f"读不到 {path}：{problem.strerror}。", f"cannot read {path}") from None
    except json.JSONDecodeError as problem:
        raise _bad("story", f"{path} 不是 JSON：{problem}。", f"{path} is no JSON") from None
    if not isinstance(told, dict):
        raise _bad("story", "须为 JSON 对象。", "an object is needed")
    return told


def _way(roads: bool) -> Way:
    return "roads" if roads else "line"


def _day(on: datetime | None) -> date:
    return on.date() if on else today_in_china()


def _bad(parameter: str, zh: str, en: str) -> BadInput:
    return BadInput(both(f"{parameter}：{zh}", f"{parameter}: {en}"), parameter=parameter)
