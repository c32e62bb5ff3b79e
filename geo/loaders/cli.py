"""Which commands look at deliveries, hand back refused rows and write templates?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.loaders.listing import listed

console = Console()
deliveries = typer.Typer(
    add_completion=False, help="列出导入过的数据 · What was delivered, the newest first"
)


def register(app: typer.Typer) -> None:
    """Add the commands of deliveries."""
    from geo.loaders.matching import cli as matching

    matching.register(deliveries)
    app.add_typer(deliveries, name="deliveries")
    app.command()(template)


@deliveries.callback(invoke_without_command=True)
def every(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="最多几行 · at most")] = 20,
) -> None:
    """列出导入过的数据 · List what was delivered, the newest first."""
    if context.invoked_subcommand is None:
        show_deliveries(limit)


@deliveries.command("list")
def list_deliveries(
    limit: Annotated[int, typer.Option(min=1, help="最多几行 · at most")] = 20,
) -> None:
    """列出导入过的数据 · List what was delivered, the newest first."""
    show_deliveries(limit)


def show_deliveries(limit: int) -> None:
    """Print the newest deliveries with the fates of their rows."""
    from geo.db.engine import open_session

    with open_session("atlas deliveries") as session:
        found = listed(session, limit=limit)
    shown = Table(title="交付 · Deliveries", show_lines=True)
    shown.add_column("编号\nid", justify="right", no_wrap=True)
    shown.add_column("文件，种类，交付方\nfile, kind, by", overflow="fold")
    shown.add_column("时间\nreceived", width=10)
    shown.add_column("坐标系，密级\nCRS, secrecy", overflow="fold")
    shown.add_column("读=增+并+改+同+拒\nrows", overflow="fold", min_width=17)
    for one in found:
        about = [one.file_name, one.kind, *([one.delivered_by] if one.delivered_by else [])]
        seen = [one.crs_used or "—", _SECRECY[one.secrecy]]
        rows = ["—"] if one.counts is None else [_fates(one.counts)]
        if one.status == "undone":
            rows.append("已撤销 undone")
        received = f"{one.received_at.astimezone(_CHINA):%Y-%m-%d %H:%M}"
        cells = (str(one.id), "\n".join(about), received, "\n".join(seen), "\n".join(rows))
        shown.add_row(*map(escape, cells))
    console.print(shown)


_CHINA = ZoneInfo("Asia/Shanghai")
_SECRECY = {"public": "公开 public", "internal": "内部 internal", "unknown": "未知 unknown"}


def _fates(counts: dict[str, int]) -> str:
    """The rows read and their five fates as a sum."""
    fates = ("kept", "merged", "updated", "unchanged", "refused")
    return f"{counts['rows_read']}=" + "+".join(str(counts[fate]) for fate in fates)


@deliveries.command()
def refused(
    delivery: Annotated[int, typer.Argument(help="交付编号 · id of the delivery")],
    out: Annotated[Path, typer.Option(help="写到这个 .xlsx 文件 · the file to write")],
) -> None:
    """把被拒绝的行写成 XLSX · Write the refused rows with their reasons, to correct and load."""
    from geo.db.engine import open_session
    from geo.loaders.refused import write_refused

    with open_session("atlas deliveries refused") as session:
        written = write_refused(session, delivery, out)
    console.print(
        f"{written.rows} 行写入 {out} · {written.rows} rows of {written.file_name}; "
        "改正后导入 · correct them, then:",
        markup=False, highlight=False,
    )  # fmt: skip
    console.print(written.command, markup=False, highlight=False)


def template(
    kind: Annotated[str, typer.Argument(help="种类 · facilities, zones, place-names …")],
    out: Annotated[
        Path | None, typer.Option(help="写到这个 .xlsx 文件 · the file; default KIND.xlsx")
    ] = None,
) -> None:
    """写出可填写的 XLSX 模板 · Write an XLSX with headings, notes and drop-downs to fill in."""
    from geo.loaders.templates import write_template

    path = out or Path(f"{kind}.xlsx")
    columns = write_template(kind, path)
    console.print(
        f"模板写入 {path}：{len(columns)} 列 · template with {len(columns)} columns",
        markup=False, highlight=False,
    )  # fmt: skip
