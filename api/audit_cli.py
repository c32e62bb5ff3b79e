"""What stands on record, on the command line? `atlas audit`."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.record import Kept, on_record
from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.models.audit import ACTIONS
from geo.text.cells import harmless

WORDS = {"write": "写入 write", "read": "读取 read", "refused": "被拒 refused"}
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，含当日 · day, included.")
]


def register(app: typer.Typer) -> None:
    """Add `audit` to an app."""
    app.command("audit")(show)


def show(
    since: Day = None,
    until: Day = None,
    action: Annotated[str | None, typer.Option(help="类别 · " + " ".join(ACTIONS) + ".")] = None,
    token: Annotated[int | None, typer.Option(help="令牌编号 · id of a token.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="最多几条 · at most.")] = 50,
    out: Annotated[Path | None, typer.Option(help="另存为 CSV 文件 · save as a CSV file.")] = None,
) -> None:
    """谁写了什么、谁读取了非公开数据。Who wrote, and who read what is not public."""
    if action is not None and action not in ACTIONS:
        raise BadInput(
            both(f"类别须为：{'、'.join(ACTIONS)}。", f"one of: {', '.join(ACTIONS)}"),
            parameter="--action",
        )
    with open_session("atlas audit") as session:
        found = on_record(
            session, since=since and since.date(), until=until and until.date(), action=action,
            token_id=token, limit=limit,
        )  # fmt: skip
    if out is not None:
        _save(found, out)
        typer.echo(f"{out}  {len(found)} 条 entries")
        return
    table = Table("时间 at", "类别 action", "令牌 token", "角色 role", "内容 what", "状态 status")
    for kept in found:
        table.add_row(
            f"{kept.at.astimezone():%Y-%m-%d %H:%M:%S}", WORDS[kept.action],
            "—" if kept.token_id is None else str(kept.token_id), kept.role or "—",
            escape(kept.what), "—" if kept.status is None else str(kept.status),
        )  # fmt: skip
    Console().print(table)


def _save(found: list[Kept], out: Path) -> None:
    """Write the entries; a cell that a table would run as a formula is made text."""
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(Kept.__dataclass_fields__)
            for kept in found:
                values = [getattr(kept, name) for name in Kept.__dataclass_fields__]
                writer.writerow(["" if value is None else harmless(str(value)) for value in values])
    except OSError as problem:
        raise BadInput(
            both(f"不能写入 {out}：{problem.strerror}。", f"cannot write {out}"), parameter="--out"
        ) from problem
