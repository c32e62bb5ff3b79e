"""What does an officer read on the screen of a loading, at eighty columns?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from geo.loaders.crs_settled import AUTO
from geo.loaders.report import Report
from geo.loaders.several import Loaded
from geo.loaders.things import SPECS
from geo.models.public import PUBLIC_ROWS
from geo.progress import Progress, silent

_FATES = (
    ("kept", "新增", "█", "green"), ("merged", "合并", "▓", "cyan"),
    ("updated", "更新", "▒", "blue"), ("unchanged", "未变", "░", "bright_black"),
    ("refused", "拒绝", "x", "red"),
)  # fmt: skip
"""Fate, its word, and its mark: told apart without colour too."""
_BAR = 36
"""Cells of the bar: fits eighty columns also where these marks are drawn twice as wide."""
_FIRST = 10
_WORDS_OF_SECRECY = {"public": "公开", "internal": "内部", "unknown": "密级未知"}


def show(console: Console, loaded: Loaded) -> None:
    """Print the report: counts with a bar, evidence, what was changed or left out, problems."""
    whole = loaded.as_json()
    _head(console, loaded)
    _fates(console, whole)
    for line in _lines(loaded, whole):
        console.print(Padding(line, (0, 0, 0, 2), expand=False))
    _scores(console, loaded)
    _problems(console, loaded, whole)


def worth_asking(loaded: Loaded) -> list[str]:
    """Why a person should look before this is stored; empty when nothing is out of the ordinary."""
    counts = loaded.counts
    repairs = sum(len(report.repairs) for report in loaded.reports)
    rules = {problem.rule for report in loaded.reports for problem in report.problems}
    is_guessed = any(_is_guessed(report) for report in loaded.reports)
    said = (
        (counts.refused, f"拒绝 {counts.refused} 行"),
        (counts.review, f"待核 {counts.review} 行"),
        (repairs, f"修复图形 {repairs} 处"),
        (is_guessed, "坐标系按证据认定"),
        ("crs_doubtful" in rules, "声明的坐标系可疑"),
        ("axes_swapped" in rules, "坐标列已对调"),
    )
    return [words for applies, words in said if applies]


@contextmanager
def progress_on(console: Console) -> Iterator[Progress]:
    """A line that moves while a loading runs; on what is no terminal nothing at all."""
    if not console.is_terminal:
        yield silent
        return
    columns = (
        BarColumn(bar_width=20), TimeElapsedColumn(), TextColumn("{task.description}"),
    )  # fmt: skip
    with Bars(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=None)

        def tell(done: int, total: int | None, text: str) -> None:
            shown = Text(text)
            shown.truncate(max(20, console.width - 32), overflow="ellipsis")
            words = shown.plain.replace("[", r"\[")
            bars.update(task, completed=done, total=total, description=words)

        yield tell


def _is_guessed(report: Report) -> bool:
    """Whether no one stated the coordinate system: the evidence decided."""
    return (report.crs.declared or "").casefold() == AUTO


def _head(console: Console, loaded: Loaded) -> None:
    first = loaded.reports[0]
    spec = SPECS.get(first.kind)
    console.print(
        Text.assemble(
            (f"{spec.zh if spec else '设施'} {first.kind}", "bold"), f" · 自 {first.on} 起",
            f" · {_WORDS_OF_SECRECY[first.secrecy]} {first.secrecy} · {loaded.seconds:.1f} s",
        )
    )  # fmt: skip
    files = Table(box=None, padding=(0, 1), pad_edge=False)
    files.add_column("文件 file", overflow="fold")
    for heading in ("读入", "新增", "合并", "更新", "未变", "拒绝", "待核"):
        files.add_column(heading, justify="right")
    for report in loaded.reports if len(loaded.reports) > 1 else ():
        c = report.counts
        numbers = (c.rows_read, c.kept, c.merged, c.updated, c.unchanged, c.refused, c.review)
        files.add_row(Text(report.file_name), *map(str, numbers))
    if len(loaded.reports) > 1:
        console.print(Padding(files, (0, 0, 0, 2), expand=False))
    else:
        console.print(Text(f"  {first.file_name}"))


def _fates(console: Console, whole: dict[str, Any]) -> None:
    """The bar and below it each fate with its mark, number and share."""
    bar = Text("  ")
    for (_, _, mark, colour), cells in zip(_FATES, _cells(whole), strict=True):
        bar.append(mark * cells, style=colour)
    console.print(bar)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    for fate, zh, mark, colour in _FATES:
        share = _share(whole[fate], whole["rows_read"])
        label = Text.assemble((mark, colour), f" {zh} {fate}")
        table.add_row(label, str(whole[fate]), share)
    table.add_row(Text("= 读入 rows read", "bold"), Text(str(whole["rows_read"]), "bold"))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _cells(whole: dict[str, Any]) -> list[int]:
    """Cells of the bar for each fate: at least one for whatever happened, together the bar."""
    numbers = [whole[fate] for fate, *_ in _FATES]
    cells = [max(round(_BAR * n / max(sum(numbers), 1)), int(n > 0)) for n in numbers]
    cells[cells.index(max(cells))] += _BAR - sum(cells) if any(numbers) else 0
    return cells


def _share(part: int, whole: int) -> str:
    """A share in per cent that says neither all nor nothing where that is not so."""
    if not part:
        return ""
    shown = f"{100 * part / whole:.1f} %"
    if part < whole and shown == "100.0 %":
        return "> 99.9 %"
    return "< 0.1 %" if shown == "0.0 %" else shown


def _lines(loaded: Loaded, whole: dict[str, Any]) -> Iterator[Text]:
    """One line for each thing that there is to say of the whole."""
    if whole["review"]:
        yield _line("待核", f"{whole['review']} 行可能重复（已计入新增）· may be there already")
    for encoding, evidence in dict.fromkeys(
        (report.encoding, report.encoding_evidence) for report in loaded.reports
    ):
        yield _line("编码", f"{encoding} · {evidence}" if evidence else encoding)
    for used, declared in dict.fromkeys((r.crs.used, r.crs.declared) for r in loaded.reports):
        how = "按证据认定 · by the evidence" if declared == AUTO else "按声明 · as stated"
        yield _line("坐标系", f"{_system(used)}（{how}）")
    placed = whole["placement"]
    if any(placed.values()):
        yield _line(
            "位置",
            f"在所述区划内 inside {placed['inside']} · 之外 outside {placed['outside']} · "
            f"无法核对 not checked {placed['not_checked']}",
        )
    for note in whole["notes"]:
        yield _line("读取", note)
    if whole["repairs"]:
        yield _line("修复", _repairs(whole["repairs"]))
    if whole["personal_columns"]:
        listed = "、".join(whole["personal_columns"])
        yield _line("个人信息", f"这些列未保存 · columns not stored: {listed}")
    if unseen := _unseen(loaded):
        yield _line("公开", unseen)


def _repairs(repairs: list[dict[str, Any]]) -> str:
    """How many shapes were invalid, what became of them, and the largest change of area."""
    most = max(repairs, key=lambda one: abs(one["change_m2"]))
    out = sum(one["outcome"] == "refused" for one in repairs)
    gone = f"，拒绝 {out}" if out else ""
    return (
        f"{len(repairs)} 个图形无效：修复 {len(repairs) - out}{gone}；面积变化最大 "
        f"{most['change_m2']:+.1f} m²（第 {most['row']} 行）· invalid shapes mended"
    )


def _system(used: str) -> str:
    """A coordinate system as officers call it."""
    return f"CGCS2000 ({used})" if used == "EPSG:4490" else used


def _line(label: str, words: str) -> Text:
    return Text.assemble((f"{label}：", "bold"), words)


def _unseen(loaded: Loaded) -> str | None:
    """How many of the rows that were stored the public will not see, and why."""
    first = loaded.reports[0]
    stored = loaded.counts.kept + loaded.counts.updated
    spec = SPECS.get(first.kind)
    if not stored:
        return None
    if (spec.table if spec else "facility") not in PUBLIC_ROWS:
        return f"此类数据从不公开，公开页面不显示 {stored} 行 · never public"
    if first.secrecy == "public":
        held = sum(
            int(problem.value or 1) if problem.row is None else 1
            for report in loaded.reports
            for problem in report.problems
            if problem.rule == "not_published"
        )
        return f"其中 {held} 行仍不公开，见下 · {held} rows stay unpublished" if held else None
    why = _WORDS_OF_SECRECY[first.secrecy]
    return (
        f"公开页面不显示这 {stored} 行（{why}）；可公开的请加 --secrecy public · "
        f"the public will not see these {stored} rows"
    )


def _scores(console: Console, loaded: Loaded) -> None:
    """Each candidate with its score, for the files whose system nobody stated."""
    for report in loaded.reports:
        if not _is_guessed(report) or not report.crs.candidates:
            continue
        console.print(Text(f"  坐标系得分 · scores: {report.file_name}", style="bold"))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="fold")
        for one in report.crs.candidates[:5]:
            score = "—" if one["score"] is None else f"{one['score']:.3f}"
            is_used = one["crs"] == report.crs.used
            table.add_row(
                Text(("> " if is_used else "  ") + one["crs"]), score, Text(one["evidence"])
            )
        console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _problems(console: Console, loaded: Loaded, whole: dict[str, Any]) -> None:
    """The first ten problems; rows with the very same one share a line."""
    total = len(whole["problems"]) + whole["problems_left_off"]
    if not total:
        return
    alike: dict[tuple[str, ...], list[int | None]] = {}
    for one in whole["problems"]:
        key = (one.get("file", ""), one["column"] or "", one["message"])
        alike.setdefault(key, []).append(one["row"])
    more = len(alike) > _FIRST
    console.print(
        Text(f"问题 {total} 条" + (f"，先列 {_FIRST} 种" if more else ""), "bold")
        + Text(f" · {total} problems" + (f", {_FIRST} sorts of them" if more else ""))
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for (file, column, message), rows in list(alike.items())[:_FIRST]:
        words = Text()
        if len(rows) > 1:
            words.append(f"等 {len(rows)} 行 ", style="bold")
        if file:
            words.append(f"{file} ", style="cyan")
        if column:
            words.append(f"[{column}] ", style="bold")
        where = "文件 file" if rows[0] is None else f"第 {rows[0]} 行"
        table.add_row(where, words.append(message))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
