"""Which commands look at deliveries, hand back refused rows and write templates?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

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

    query = text("""
SELECT id, file_name || E'\\n' || kind,
       to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
       coalesce(crs_used, '—') || E'\\n' || secrecy || ' ' || status, coalesce(delivered_by, '—'),
       CASE WHEN report ? 'rows_read' THEN format('%s=%s+%s+%s+%s+%s',
            report ->> 'rows_read', report ->> 'kept', report ->> 'merged', report ->> 'updated',
            report ->> 'unchanged', report ->> 'refused') END
FROM delivery ORDER BY id DESC LIMIT :limit""")
    with open_session("atlas deliveries") as session:
        rows = session.execute(query, {"limit": limit}).all()
    shown = Table(title="交付 · Deliveries")
    for heading in (
        "编号\nid", "文件, 种类\nfile, kind", "时间\nreceived", "坐标系, 密级\nCRS, secrecy",
        "交付方\nby",
        "读=增+并+改+同+拒\nrows",
    ):  # fmt: skip
        shown.add_column(heading)
    for row in rows:
        shown.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    console.print(shown)


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
        f"模板写入 {path}: {len(columns)} 列 · template with {len(columns)} columns",
        markup=False, highlight=False,
    )  # fmt: skip
