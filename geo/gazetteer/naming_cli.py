"""What does an officer type to check a name, a list of names, or the names in a document?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer import approvals_cli
from geo.settings import NamingSettings, read
from geo.validity import today_in_china

if TYPE_CHECKING:
    from geo.gazetteer.naming import Checked
    from geo.gazetteer.proofreading import Proofread
    from geo.gazetteer.proofreading.opened import Opened

STATUS_WORDS = {
    "fired": "有发现", "not_fired": "未发现", "unchecked": "未检查", "not_applicable": "不适用",
}  # fmt: skip
DAYS = ["%Y-%m-%d"]

ListsOption = Annotated[
    Path | None,
    typer.Option(
        help="名单文件夹，在项目之外 · Folder of the officer's lists; ATLAS_NAMING_LISTS."
    ),
]
OnOption = Annotated[
    datetime | None, typer.Option(formats=DAYS, help="日期 · Date, default today.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · Print JSON.")]


def add_to(names: typer.Typer) -> None:
    """Add the commands to the group `names`."""
    names.command("check")(check)
    names.command("check-list")(check_list)
    names.command("proofread")(proofread_file)
    approvals_cli.add_to(names)


def check(
    name: Annotated[str, typer.Argument(help="拟用名称 · The proposed name.")],
    kind: Annotated[
        str, typer.Option(help="类别，如 street、街路巷 · Kind: nature division township village "
                               "street estate facility.")
    ],
    at: Annotated[str | None, typer.Option(help="位置 经度,纬度 · Position lon,lat.")] = None,
    division: Annotated[str | None, typer.Option(help="所在区划 · Division around it.")] = None,
    place_code: Annotated[
        str | None, typer.Option(help="已有该名称的地名代码 · Place that bears the name already.")
    ] = None,
    built_up: Annotated[
        Path | None, typer.Option(help="建成区图形 · Built-up area (GeoJSON, lon/lat).")
    ] = None,
    land_m2: Annotated[float | None, typer.Option(help="用地面积（平方米） · Land.")] = None,
    floor_m2: Annotated[float | None, typer.Option(help="建筑面积（平方米） · Floor area.")] = None,
    height_m: Annotated[float | None, typer.Option(help="高度（米） · Height.")] = None,
    green_percent: Annotated[float | None, typer.Option(help="绿地率（%） · Green share.")] = None,
    lists: ListsOption = None,
    on: OnOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """核查拟用地名 · Check a proposed name against every rule; never an approval."""
    from geo.gazetteer.naming import Proposal, check_name, read_lists, rule_book
    from geo.gazetteer.naming.listing import kind_said
    from geo.gazetteer.naming.typed import point_of, polygon_of

    lon, lat = point_of(at)
    proposal = Proposal(
        name, kind_said(kind, rule_book()), lon, lat, division, place_code,
        land_m2, floor_m2, height_m, green_percent,
    )  # fmt: skip
    area = None if built_up is None else polygon_of(built_up.name, _bytes(built_up))
    with open_session() as session:
        found = check_name(
            session, proposal, lists=read_lists(lists or read(NamingSettings).naming_lists),
            on=on.date() if on else None, built_up=area,
        )  # fmt: skip
    if as_json:
        print(json.dumps(_plain(found), ensure_ascii=False, indent=2, default=str))
        return
    _show(found)


def _show(found: Checked) -> None:
    console = Console()
    table = Table(title=f"地名核查 · {escape(found.proposal.name)} · {found.on}")
    for heading in (
        "规则 · Rule",
        "条款 · Article",
        "程度 · Severity",
        "结果 · Result",
        "说明 · Why",
    ):
        table.add_column(heading, overflow="fold")
    for one in found.results:
        table.add_row(
            *(escape(cell) for cell in (
                one.rule.zh, one.rule.article, one.severity_zh, STATUS_WORDS[one.status], one.zh,
            ))
        )  # fmt: skip
    console.print(table)
    for one in found.results:
        for e in one.evidence[:20]:
            where = "位置未知" if e.lon is None else f"{e.lon:.5f}, {e.lat:.5f}"
            away = "" if e.distance_m is None else f"，距离 {e.distance_m:.0f} 米"
            synthetic = "（合成）" if e.is_synthetic else ""
            console.print(
                f"  {one.rule.id}：{e.name}{synthetic}（{e.name_kind_zh}，"
                f"{e.in_unit_name or '所在未知'}）{where}{away}",
                markup=False, soft_wrap=True,
            )  # fmt: skip
    console.print(f"比对范围：{found.scope.zh}。{found.text_status}", markup=False, soft_wrap=True)
    console.print(f"{found.statement_zh}\n{found.statement_en}", markup=False, soft_wrap=True)


def check_list(
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX 地名表 · Table of names.")],
    out: Annotated[Path, typer.Option(help="结果 .csv 或 .xlsx · Result table.")],
    kind: Annotated[
        str | None, typer.Option(help="未填类别时用 · Kind where none is given.")
    ] = None,
    division: Annotated[
        str | None, typer.Option(help="未填区划时用 · Division where none is given.")
    ] = None,
    lists: ListsOption = None,
    on: OnOption = None,
) -> None:
    """批量核查地名表 · Judge a list: standard, not standard, former, unknown; rules; days due."""
    from geo.gazetteer.naming import read_lists, rule_book
    from geo.gazetteer.naming.listing import judge_list
    from geo.gazetteer.naming.tables import as_csv, as_xlsx, entries_of, rows_of
    from geo.loaders.reading import read_table

    writers = {".csv": as_csv, ".xlsx": as_xlsx}
    _ending(out, writers)
    day = on.date() if on else today_in_china()
    entries = entries_of(read_table(file))
    with open_session() as session:
        judged = judge_list(
            session, entries, on=day, division=division, kind=kind,
            lists=read_lists(lists or read(NamingSettings).naming_lists),
        )  # fmt: skip
    kinds = {one.id: one.zh for one in rule_book().kinds.values()}
    out.write_bytes(writers[out.suffix.casefold()](rows_of(judged, kinds, day)))
    late = sum(any(due.state == "overdue" for due in one.duties) for one in judged)
    soon = sum(any(due.state == "due_soon" for due in one.duties) for one in judged)
    bad = sum(one.problem is not None for one in judged)
    Console().print(
        f"{len(judged)} 个名称，{bad} 行无法读取；备案或公告逾期 {late} 个，即将到期 {soon} 个；"
        f"已写入 {out.name} · {len(judged)} names, {bad} not read, {late} overdue, {soon} due soon",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def proofread_file(
    file: Annotated[
        Path, typer.Argument(help=".txt、.docx 或 .pdf；- 为标准输入 · Document, - for input.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="标注结果 .docx、.html 或 .json · Marked document.")
    ] = None,
    within: Annotated[
        str | None, typer.Option(help="只看此区划内的地名 · Only names inside this division.")
    ] = None,
    on: OnOption = None,
) -> None:
    """公文地名校对 · Mark old and non-standard names in a document; nothing of it is stored."""
    from geo.gazetteer.proofreading import documents, proofread
    from geo.gazetteer.proofreading.opened import open_document
    from geo.queries.admin import code_of

    if out is not None:
        _ending(out, {".docx": None, ".html": None, ".json": None})
    data = sys.stdin.buffer.read() if str(file) == "-" else _bytes(file)
    opened = open_document(data)
    day: date = on.date() if on else today_in_china()
    with open_session() as session:
        inside = None if within is None else code_of(session, within, day)
        found = proofread(session, opened.text, on=day, within=inside, pages=opened.pages)
    if out is not None:
        _write(out, opened, found)
    console = Console()
    for mark in found.marks:
        console.print(f"{documents.where(mark)}「{mark.text}」{documents.said(mark)}",
                      markup=False, soft_wrap=True)  # fmt: skip
    console.print(
        f"{found.characters} 字，标注 {len(found.marks)} 处 · {len(found.marks)} marks\n"
        f"{found.notice_zh}",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    if found.unread_pages:
        console.print(documents.unread(found), markup=False, soft_wrap=True)


def _write(out: Path, opened: Opened, found: Proofread) -> None:
    from geo.gazetteer.proofreading import documents

    ending = out.suffix.casefold()
    if ending == ".docx":
        out.write_bytes(documents.marked_word(opened.as_word(), found))
    elif ending == ".html":
        out.write_text(documents.marked_html(opened.text, found), encoding="utf-8")
    else:
        told = json.dumps(_plain(found), ensure_ascii=False, indent=2, default=str)
        out.write_text(told + "\n", encoding="utf-8")


def _plain(found: Any) -> dict[str, Any]:
    told: dict[str, Any] = asdict(found)
    if "scope" in told:
        told["scope"].pop("area", None)
    return told


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput(
            both(f"{path.name} 无法读取（{problem.strerror}）。", f"{path.name} cannot be read"),
            parameter="file",
        ) from None


def _ending(out: Path, known: dict[str, Any]) -> None:
    if out.suffix.casefold() not in known:
        raise BadInput(
            both(f"输出文件须为 {'、'.join(known)}。", f"write to {', '.join(known)}"),
            parameter="out",
        )
