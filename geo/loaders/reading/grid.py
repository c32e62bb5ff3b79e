"""Where in a grid of cells stands the heading, and which rows lie below it?"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.columns import TextRows, to_numpy
from geo.loaders.reading.drafts import Draft, oversized, refuse_too_long, refuse_too_wide, refused
from geo.loaders.report import Problem
from geo.loaders.storable import storable
from geo.loaders.tables import Row

MOST_TITLES = 20
"""Lines among which the heading is sought."""
FOR_PEOPLE = "※"
"""A heading that begins with this mark is a note for people; its column is not read."""
EXAMPLE = f"{FOR_PEOPLE}示例"
"""A row that begins with these signs is the example of a template; it is no data."""
_FILLED_SHARE = 0.6
_NUMBER = re.compile(r"(?!(?:19|20)\d\d$)[-+]?[\d.,]+%?")
"""What no heading is: a number, unless it is a year."""


def read_grid(lines: Iterable[list[str]], name: str, *, heading: int | None = None) -> Draft:
    """The rows of a grid; blank lines count for nothing, lines above the heading are titles.

    `heading` is the number of lines above it that are not blank, where that is known. Raises
    DeliveryRefused when columns repeat or are too many, or rows are too many.
    """
    filled = (line for line in lines if any(cell.strip() for cell in line))
    first = list(itertools.islice(filled, MOST_TITLES + 1))
    if not first:
        return Draft([], [])
    at = find_heading(first) if heading is None else heading
    kept = [n for n, cell in enumerate(first[at]) if not cell.strip().startswith(FOR_PEOPLE)]
    marked = len(first[at]) - len(kept)
    columns = name_columns([first[at][n] for n in kept], name)
    draft = Draft(columns, [], titles=[" ".join(line) for line in first[:at]])
    if at:
        draft.notes.append(
            f"表头之前有 {at} 行标题，已跳过 · {at} title line(s) above the heading were skipped"
        )
    below = _without_examples(itertools.chain(first[at + 1 :], filled), draft)
    if marked:
        draft.notes.append(
            f"{marked} 列以「{FOR_PEOPLE}」开头，是给人看的说明，未读 · "
            f"{marked} column(s) marked {FOR_PEOPLE} are notes for people and were not read"
        )
        without = _without(below, kept, len(first[at]))
        below = (line for line in without if any(cell.strip() for cell in line))
    rows = TextRows.of(_numbered_rows(below, draft, name), len(columns))
    draft.rows = _without_lost(_without_footer(rows, draft), draft)
    return draft


_LOST = "\ufffd"


def _without_lost(rows: TextRows, draft: Draft) -> TextRows:
    """The rows without those in which an earlier conversion left � in place of a character."""
    columns = [rows.column(n) for n in range(len(draft.columns))]
    lost = np.zeros(len(rows), dtype=bool)
    for name, cells in zip(draft.columns, columns, strict=True):
        here = to_numpy(pc.match_substring(cells, _LOST), False) & ~lost
        for at in np.flatnonzero(here).tolist():
            message = (
                "文字在此前的转换中已丢失（�），请从原始文件重新导出 · characters were lost in an "
                "earlier conversion: export it again from the source"
            )
            draft.unreadable.append(
                Problem(int(rows.numbers[at]), name[:80], None, "encoding", message)
            )
        lost |= here
    if not lost.any():
        return rows
    kept = pa.array(~lost)
    return TextRows(rows.numbers[~lost], [cells.filter(kept) for cells in columns])


_TOTAL = re.compile(r"(?:合计|总计|小计|共计|累计|总数|grandtotal|subtotal|total|sum)[:：]?")
_NOTE = re.compile(
    r"(?:填表|填报|制表|制单|审核|复核|负责人|经办|联系人|备注|注|附注|说明|数据来源|资料来源|来源|打印|"
    r"统计时间|统计口径|截至|截止|日期|note|notes|source|printed)(?:[人单位部门日期时间]*)[:：].*"
)
_FIGURE = re.compile(r"[-+]?[\d.,]+%?[\u4e00-\u9fff]{0,2}")
MOST_FOOTERS = 15
"""Lines at the end among which totals, notes and signatures are sought."""


def _without_footer(rows: TextRows, draft: Draft) -> TextRows:
    """The rows without the totals, notes and signatures that follow them, which are no data.

    They are told in a note and looked at like titles for a mark of secrecy, never shown.
    """
    cut = len(rows)
    while cut and len(rows) - cut < MOST_FOOTERS and _is_footer(rows[cut - 1].cells):
        cut -= 1
    if cut in (0, len(rows)):
        return rows
    footers = rows[cut:]
    draft.titles += [" ".join(row.cells) for row in footers]
    draft.notes.append(
        f"表尾 {len(footers)} 行是合计、说明或填表信息，不是数据，已跳过 · {len(footers)} line(s) "
        "of totals, notes or signatures below the table were skipped"
    )
    columns = [rows.column(n).slice(0, cut) for n in range(len(draft.columns))]
    return TextRows(rows.numbers[:cut], columns)


def _is_footer(cells: list[str]) -> bool:
    """Whether a line at the end is a total (all else are figures) or a note (all else are too)."""
    said = ["".join(cell.split()).casefold() for cell in cells if cell.strip()]
    if not said:
        return False
    if _TOTAL.fullmatch(said[0]):
        return all(_FIGURE.fullmatch(cell) for cell in said[1:])
    if len(said) * 2 > max(len(cells), 2):
        return False
    return bool(_NOTE.fullmatch(said[0])) and all(
        _NOTE.fullmatch(cell) or _FIGURE.fullmatch(cell) for cell in said[1:]
    )


def _without_examples(lines: Iterable[list[str]], draft: Draft) -> Iterator[list[str]]:
    """The lines but those that a template gave as examples, which the report tells."""
    examples = 0
    for line in lines:
        if line[0].strip().startswith(EXAMPLE):
            examples += 1
        else:
            yield line
    if examples:
        draft.notes.append(
            f"{examples} 行以「{EXAMPLE}」开头，是模板的示例，未读 · "
            f"{examples} row(s) marked {EXAMPLE} are examples of the template and were not read"
        )


def _without(lines: Iterator[list[str]], kept: list[int], width: int) -> Iterator[list[str]]:
    for line in lines:
        yield [line[n] for n in kept if n < len(line)] + line[width:]


def _numbered_rows(lines: Iterator[list[str]], draft: Draft, name: str) -> Iterator[Row]:
    width = len(draft.columns)
    for number, cells in enumerate(lines, 1):
        if number % 100_000 == 0:
            refuse_too_long(name, number)
        problem = _surplus(number, cells, width) or oversized(number, draft.columns, cells)
        if problem:
            draft.unreadable.append(problem)
        elif len(cells) == width:
            yield Row(number, cells)
        else:
            yield Row(number, cells[:width] + [""] * (width - len(cells)))


def _surplus(number: int, cells: list[str], width: int) -> Problem | None:
    """Why the cells are no row of these columns, or None."""
    if len(cells) <= width or not any(cell.strip() for cell in cells[width:]):
        return None
    return Problem(
        number, None, None, "cells",
        f"有 {len(cells)} 个单元格，表头只有 {width} 列；请检查引号和分隔符 · "
        f"{len(cells)} cells under {width} headings: check quotes and delimiters",
    )  # fmt: skip


def find_heading(first: list[list[str]]) -> int:
    """Which of the first lines is the heading: the first that fills most columns with words.

    Titles fill one or two cells; a line such as 「填报单位：」 「日期：」 has labels that end in a
    colon; data has numbers. Where no line looks like one, the first is taken.
    """
    widest = max(_filled(line) for line in first)
    for at, line in enumerate(first):
        words = [cell.strip() for cell in line if cell.strip()]
        if len(words) < max(_FILLED_SHARE * widest, 1):
            continue
        if any(word.endswith((":", "：")) for word in words):
            continue
        if sum(bool(_NUMBER.fullmatch(word)) for word in words) * 2 > len(words):
            continue
        return at
    return 0


def _filled(line: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in line)


def name_columns(cells: list[str], name: str) -> list[str]:
    """The column names, trimmed; a nameless column gets a number, a repeated one is refused."""
    refuse_too_wide(name, len(cells))
    named = [
        storable(re.sub(r"\s+", " ", cell).strip()) or f"列{n}" for n, cell in enumerate(cells, 1)
    ]
    for column in named:
        if len(column) > 200:
            raise refused(
                name,
                f"列名有 {len(column)} 个字符：「{column[:20]}…」不像列名；请检查表头和引号。",
                f"a heading of {len(column)} characters: check the heading line and the quotes.",
            )
    repeated = sorted({column for column in named if named.count(column) > 1})
    if repeated:
        shown = ", ".join(repeated[:10])
        raise refused(
            name,
            f"列名重复：{shown}；请改名后再交付。",
            f"columns occur twice: {shown}; rename them.",
        )
    return named
