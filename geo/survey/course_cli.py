"""What does an officer type to get a draft of a 走向说明, or to check one?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.db.engine import open_session
from geo.errors import BadInput, both
from geo.survey.course.found import KIND_ZH, Checked
from geo.survey.course.parse import MOST_CHARACTERS
from geo.survey.course.stored import Told, check_of_line, draft_of_line
from geo.text import decode
from geo.validity import today_in_china

Code = Annotated[str, typer.Argument(metavar="LINE", help="界线代码 · code of the line")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="日期，默认今天 · day, default today")
]
Turn = Annotated[
    float | None,
    typer.Option(
        "--turn", min=1, max=10000,
        help="转折点容差（米），默认档案图上 1 毫米 · metres; default 1 mm on the archive's map",
    ),
]  # fmt: skip


def register(survey: typer.Typer) -> None:
    """Add the commands to `atlas survey`."""
    survey.command("course")(show_course)
    survey.command("course-check")(show_check)


def show_course(
    line: Code,
    on: On = None,
    turn: Turn = None,
    out: Annotated[Path | None, typer.Option(help="写成文本 · write the text to")] = None,
) -> None:
    """走向说明草稿，须人工核定 · A draft of the words for a line, to be settled by people."""
    with open_session("atlas survey course") as session:
        told = draft_of_line(session, line, on=_day(on), turn_m=turn)
    draft = told.draft
    if draft is None:
        return
    console = Console()
    console.print(draft.whole, markup=False, highlight=False, soft_wrap=True)
    _say_what_is_missing(console, told)
    for number in draft.unplaced:
        console.print(f"界桩 {number} 位置未知，未用 · place unknown", markup=False)
    for number, metres in draft.off:
        console.print(f"界桩 {number} 离线 {metres:.0f} 米，未用 · off the line", markup=False)
    if out is not None:
        _write(out, draft.whole)


def show_check(
    line: Code,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="走向说明文本 · file of the text")],
    on: On = None,
    turn: Turn = None,
) -> None:
    """核对走向说明与界线；不符则退出码 3 · Check a text; exit code 3 where phrases disagree."""
    with open_session("atlas survey course-check") as session:
        told = check_of_line(session, line, _read(file), on=_day(on), turn_m=turn)
    console = Console()
    if told.checked is None:
        return
    _say_what_is_missing(console, told)
    _print_check(console, told.line.label, told.checked)
    if told.checked.disagreements or not told.checked.legs:
        raise typer.Exit(3)


def _print_check(console: Console, label: str, found: Checked) -> None:
    if found.disagreements:
        table = Table(title=escape(f"{label} 走向说明与界线不符之处 · Disagreements"))
        for heading in ("类别", "语句 · Phrase", "所写 · Said", "量算 · Found", "容差 · Tolerance"):
            table.add_column(heading, overflow="fold")
        for one in found.disagreements:
            table.add_row(
                KIND_ZH[one.kind], escape(one.phrase), escape(one.said), escape(one.found),
                escape(one.tolerance),
            )  # fmt: skip
        console.print(table)
    for text, at in found.unparsed:
        console.print(f"未读懂（第 {at + 1} 字起）· not understood：{text}", markup=False)
    for open_ in found.unchecked:
        console.print(f"未核 · not checked：{open_.phrase}（{open_.reason}）", markup=False)
    for name in found.unmentioned:
        console.print(f"沿线有而未写 · not mentioned：{name}", markup=False)
    if found.backwards:
        console.print("文字自另一端写起，已按其方向核对 · told from the other end", markup=False)
    console.print(
        f"核对 {len(found.legs)} 段：不符 {len(found.disagreements)} 处，未读懂 "
        f"{len(found.unparsed)} 处，未核 {len(found.unchecked)} 处 · legs, disagreements, not "
        "understood, not checked",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def _say_what_is_missing(console: Console, told: Told) -> None:
    if told.line.is_derived:
        console.print("示意线：由区划图形推导，不作划界依据 · a sketch from outlines", markup=False)
    if told.line.is_disputed:
        console.print("争议段，仅限内部 · disputed: internal only", markup=False)
    if not told.markers:
        console.print("本线无界桩登记，只以端点起止 · no markers on record", markup=False)
    if told.has_synthetic:
        console.print("含合成数据 · rests on synthetic data", markup=False)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > 8 * MOST_CHARACTERS:
            raise BadInput(
                both(f"{path} 太大，不像走向说明。", f"{path} is too large for a description"),
                parameter="file",
            )
        return decode(path.read_bytes()).text
    except OSError as problem:
        raise BadInput(
            both(f"读不到 {path}：{problem.strerror}。", f"cannot read {path}: {problem.strerror}"),
            parameter="file",
        ) from None


def _write(path: Path, words: str) -> None:
    try:
        path.write_text(words, encoding="utf-8")
    except OSError as problem:
        raise BadInput(
            both(
                f"写不到 {path}：{problem.strerror}。", f"cannot write {path}: {problem.strerror}"
            ),
            parameter="out",
        ) from None
    Console().print(f"已写入 · written: {path}", markup=False, highlight=False, soft_wrap=True)


def _day(on: datetime | None) -> date:
    return on.date() if on else today_in_china()
