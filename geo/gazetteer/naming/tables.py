"""How does a list of names come in as a table and go out as one that no spreadsheet executes?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

import xlsxwriter

from geo.errors import BadInput, both
from geo.gazetteer.naming.check import STATEMENT
from geo.gazetteer.naming.listing import COLUMNS, VERDICTS, Entry, Judged
from geo.gazetteer.naming.rules import SEVERITIES
from geo.loaders.tables import Table
from geo.text.cells import harmless

HEADINGS = (
    "行号", "名称", "收录情况", "标准名称", "类别", "比对范围", "不得", "应避免", "请人工核对",
    "未检查", "表内重复", "期限", "问题", "说明",
)  # fmt: skip
MOST_CELL = 32_000
_SHEET = "地名核查"


def entries_of(table: Table) -> list[Entry]:
    """Answer the rows of a delivered table. Raises BadInput without a column of names."""
    wanted = {title.casefold(): key for key, titles in COLUMNS.items() for title in titles}
    places: dict[str, int] = {}
    for at, title in enumerate(table.columns):
        plain = title.strip().casefold().replace("（", "(").replace("）", ")")
        if plain in wanted:
            places.setdefault(wanted[plain], at)
    if "name" not in places:
        raise BadInput(
            both(
                f"表中没有名称列；可用列名：{'、'.join(COLUMNS['name'])}。",
                "the table has no column of names",
            ),
            parameter="name",
        )
    return [
        Entry(row.number, {key: row.cells[at] for key, at in places.items() if at < len(row.cells)})
        for row in table.rows
    ]


def rows_of(judged: Sequence[Judged], kinds: Mapping[str, str], on: date) -> list[list[str]]:
    """Answer the cells under `HEADINGS`, one row per name; kinds by id give their titles."""
    return [_cells(one, kinds, on) for one in judged]


def _cells(one: Judged, kinds: Mapping[str, str], on: date) -> list[str]:
    checked = one.checked
    if checked is None:
        empty = [""] * (len(HEADINGS) - 4)
        return [str(one.number), one.name, *empty, one.problem or "", STATEMENT[0]]
    said = {
        severity: "；".join(
            f"[{r.rule.id}] {r.zh}" for r in checked.results
            if r.status == "fired" and r.rule.severity == severity
        )
        for severity in SEVERITIES
    }  # fmt: skip
    unchecked = "、".join(r.rule.zh for r in checked.results if r.status == "unchecked")
    synthetic = "（含合成数据）" if checked.has_synthetic else ""
    return [
        str(one.number), one.name, VERDICTS[one.verdict or "unknown"],
        "、".join(one.standard_names), kinds[checked.proposal.kind], checked.scope.zh,
        said["must_not"], said["avoid"], said["review"], unchecked, "；".join(one.in_list),
        "".join(due.zh for due in one.duties if due.state != "unknown"), "",
        f"{on.isoformat()}{synthetic} {STATEMENT[0]}",
    ]  # fmt: skip


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """The table as UTF-8 with a byte-order mark; a cell that would be a formula gets a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([[harmless(_clean(cell)) for cell in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """The table as XLSX; text is written as text whatever it begins with."""
    raw = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(raw, options) as book:
        sheet = book.add_worksheet(_SHEET)
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(0, column, heading, bold)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, _clean(cell))
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(HEADINGS) - 1, 16)
    return raw.getvalue()


def _clean(cell: str) -> str:
    return "".join(c for c in cell if c.isprintable() or c in "\t\r\n")[:MOST_CELL]
