"""What does an officer type to see, confirm and take back readings of names?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer.readings import (
    Decision,
    decisions,
    record_reading,
    spelling_of,
    uncertain_readings,
    undo_reading,
)
from geo.queries.admin import code_of
from geo.text import Reading, Romanised
from geo.text.words import RULES
from geo.validity import today_in_china

STATUS_WORDS = {
    "reviewed": "已核定 · reviewed",
    "library": "词库读音，无多音字 · library, nothing doubtful",
    "uncertain": "待核实 · to be confirmed",
    "none": "无汉字 · no Chinese characters",
    "verified": "已核实 · verified",
    "unverified": "未核实 · unverified",
    "withdrawn": "已撤销 · withdrawn",
}
"""What the states of a reading are called."""


def add_to(names: typer.Typer) -> None:
    """Add `pinyin` to the commands of names."""
    names.command("pinyin")(pinyin)


def pinyin(
    name: Annotated[
        str | None, typer.Argument(help="地名；不写则列出待核的 · A name; none: those to confirm.")
    ] = None,
    reading: Annotated[
        str | None, typer.Option(help="核定的带调拼音，如 Chóngqìng · The confirmed reading.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="核定岗位 · Role of who confirms.")] = None,
    source: Annotated[str | None, typer.Option(help="依据 · What confirms it.")] = None,
    source_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="依据的日期 · Date of that.")
    ] = None,
    within: Annotated[
        str | None, typer.Option(help="仅在此区划内如此读 · It holds only in this division.")
    ] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="先用，仍列为待核 · Take it, still to confirm.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="撤销最近一次核定 · Take the last decision back.")
    ] = False,
    feature_class: Annotated[
        str | None, typer.Option("--class", help="A H L P R S T，决定通名 · Class of the place.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多条数 · Most names shown.")] = 200,
) -> None:
    """地名读音：列出待核、查看拼写规则、记录或撤销核定 · Readings: list, explain, record, undo."""
    console = Console()
    with open_session("atlas names pinyin") as session:
        if name is None:
            _list(console, session, limit)
            return
        inside = None if within is None else code_of(session, within, today_in_china())
        if reading is not None or undo:
            if not role or (reading is not None and not source):
                raise BadInput(
                    both("须写明 --role 和 --source。", "state --role and --source"),
                    parameter="role" if not role else "source",
                )
            if reading is not None:
                again = record_reading(
                    session, name, reading, role=role, source=source or "", within=inside,
                    source_date=source_date.date() if source_date else None,
                    verified=not unverified,
                )  # fmt: skip
            else:
                again = undo_reading(session, name, role=role, within=inside)
            console.print(
                f"{again} 个名称已重新注音并更新检索 · {again} names read and indexed again"
            )
        _tell(
            console, name,
            spelling_of(session, name, feature_class=feature_class, within=inside),
            decisions(session, name, inside),
        )  # fmt: skip


def _list(console: Console, session: Session, limit: int) -> None:
    table = Table(title="读音待核 · Uncertain readings")
    for heading in ("名称 · Name", "现用读音 · Reading", "多音字 · Characters", "依据 · Basis"):
        table.add_column(heading)
    table.add_column("次数 · Times", justify="right")
    found = uncertain_readings(session, limit=limit)
    for one in found:
        basis = "读音表，待核实 · table, to confirm" if one.in_table else "词库 · library"
        cells = (one.name, one.pinyin or "未知", one.doubtful, basis, str(one.times))
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    console.print(
        f"{len(found)} 个名称待核；核定：atlas names pinyin 名称 --reading 拼音 --role 岗位 "
        f"--source 依据 · {len(found)} to be confirmed",
        markup=False,
    )


def _tell(console: Console, name: str, read: Romanised, recorded: list[Decision]) -> None:
    console.print(f"{name}  {read.text}", markup=False)
    doubtful = f"（{read.doubtful}）" if read.doubtful else ""
    console.print(f"读音：{STATUS_WORDS[read.status]}{doubtful}", markup=False)
    if read.reading is not None:
        console.print(f"取自：{_basis(read.reading)}", markup=False)
    for rule in read.rules:
        console.print(f"规则：{' · '.join(RULES[rule])}", markup=False)
    for one in recorded:
        parts = (
            one.recorded_at, one.pinyin or "—", STATUS_WORDS[one.status], one.role, one.source,
            one.source_date.isoformat() if one.source_date else "日期未知",
        )  # fmt: skip
        console.print("记录：" + "；".join(parts), markup=False)


def _basis(reading: Reading) -> str:
    parts = (
        reading.name, STATUS_WORDS.get(reading.status, reading.status),
        f"核定岗位 {reading.role}" if reading.role else "无人核定",
        reading.source or "来源未写", reading.source_date or "日期未知",
        f"仅在 {reading.within} 内" if reading.within else "",
    )  # fmt: skip
    return "；".join(part for part in parts if part)
