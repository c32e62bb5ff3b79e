"""What does an officer type to match a table of names and to read address lines?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.gazetteer.address import AddressAnswer, read_address
from geo.queries.admin import code_of
from geo.validity import today_in_china

KIND_WORDS = {
    "division": "区划", "place": "地名", "township": "乡镇街道", "community": "村、社区",
    "road": "路街巷", "number": "门牌", "building": "楼栋", "unit": "单元、室",
}  # fmt: skip
"""What the parts of an address are called."""
OnOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期 · Date, default today.")
]
WithinOption = Annotated[
    str | None, typer.Option(help="区划名称或代码 · Only inside this division.")
]


def add_to(names: typer.Typer) -> None:
    """Add `match` and `address` to the commands of names."""
    names.command("match")(match)
    names.command("address")(address)


def match(
    file: Annotated[Path, typer.Argument(help="CSV、XLSX、GeoJSON … · Table of names.")],
    out: Annotated[Path, typer.Option(help="结果 .csv 或 .xlsx · Matched table.")],
    column: Annotated[
        list[str] | None,
        typer.Option(help="名称列，或 division=列名（feature_class lon lat on）· Column of names."),
    ] = None,
    within: WithinOption = None,
    sheet: Annotated[str | None, typer.Option(help="工作表或图层 · Sheet or layer.")] = None,
    on: OnOption = None,
) -> None:
    """批量匹配地名表 · Match a table: place, score, candidates, what remains open, row by row."""
    from geo.gazetteer.matched import asked_in, match_rows
    from geo.gazetteer.matched.asked import columns_of
    from geo.gazetteer.matched.verdicts import STATES
    from geo.gazetteer.matched.written import write_matched
    from geo.loaders.reading import read_table
    from geo.loaders.register import refuse_marked

    day = on.date() if on else today_in_china()
    if file.resolve() == out.resolve():
        raise BadInput(both("结果不能覆盖原表。", "the result must not replace the table"),
                       parameter="out")  # fmt: skip
    table = read_table(file, sheet)
    refuse_marked(table)
    wanted = column or []
    columns_of(table, wanted)  # before anything is written
    console = Console(stderr=True)
    total = len(table.rows) + len(table.unreadable)
    with open_session("atlas names match") as session, console.status("…") as status:

        def told(done: int, total: int | None, text: str) -> None:
            status.update(f"{done} / {total} 行 · {text}")

        inside = None if within is None else code_of(session, within, day)
        rows = match_rows(
            session, asked_in(table, wanted), on=day, within=inside, progress=told, total=total
        )
        counts = write_matched(rows, table, out, table.notes)
    answer = Console()
    for note in table.notes:
        answer.print(f"注意：{note}", markup=False, soft_wrap=True)
    words = "，".join(f"{zh} {counts[state]}" for state, (zh, _) in STATES.items())
    english = ", ".join(f"{counts[state]} {en}" for state, (_, en) in STATES.items())
    answer.print(
        f"{sum(counts.values())} 行：{words}；已写入 {out.name}\n"
        f"{sum(counts.values())} rows: {english}",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def address(
    line: Annotated[str, typer.Argument(help="一行地址 · One address line.")],
    within: WithinOption = None,
    limit: Annotated[int, typer.Option(help="最多几种读法 · Most readings shown.")] = 3,
    on: OnOption = None,
) -> None:
    """拆解一行地址 · Lead an address line to its divisions, its place and what is left."""
    day = on.date() if on else today_in_china()
    with open_session("atlas names address") as session:
        inside = None if within is None else code_of(session, within, day)
        answer = read_address(session, line, on=day, within=inside, limit=limit)
    _tell(Console(), answer)


def _tell(console: Console, answer: AddressAnswer) -> None:
    if answer.is_ambiguous:
        console.print("有几种同等的读法，请核对 · several readings weigh alike")
    for reading in answer.readings:
        table = Table(title=f"得分 · Score {reading.score:g}")
        for heading in ("所写 · Written", "种类 · Kind", "名录 · Register", "代码 · Code",
                        "依据 · How"):  # fmt: skip
            table.add_column(heading, overflow="fold")
        for part in reading.parts:
            how = part.how_zh
            if part.is_current is False:
                after = "、".join(name for _, name in part.successors) or "未知"
                how += f"；该日已撤销，其后：{after}"
            cells = (part.written, KIND_WORDS[part.kind], part.name or "—", part.code or "—", how)
            table.add_row(*(escape(cell) for cell in cells))
        console.print(table)
        if reading.rest:
            console.print(f"其余 · rest：{reading.rest}", markup=False)
