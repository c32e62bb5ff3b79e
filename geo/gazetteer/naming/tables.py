"""How does a list of names come in as a table and go out as one that no spreadsheet executes?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from geo.errors import BadInput, GeoError, both
from geo.gazetteer.naming.check import STATEMENT
from geo.gazetteer.naming.listing import (
    COLUMNS,
    DATES,
    NUMBERS,
    VERDICTS,
    Entry,
    Judged,
    kind_said,
    read_date,
    read_number,
)
from geo.gazetteer.naming.rules import SEVERITIES, RuleBook
from geo.loaders.reading import read_table
from geo.loaders.tables import Table
from geo.queries.admin import Reader, code_of
from geo.text.cells import harmless

HEADINGS = (
    "行号", "名称", "收录情况", "标准名称", "类别", "比对范围", "不得", "应避免", "请人工核对",
    "未检查", "表内重复", "期限", "问题", "说明",
)  # fmt: skip
MOST_CELL = 32_000
MOST_ROWS = 2_000
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


@dataclass(frozen=True)
class RowRead:
    """One row of a table in the types of a check: what cannot be read is told in `problem`."""

    number: int
    name: str
    kind: str | None
    division: str | None
    place_code: str | None
    numbers: Mapping[str, float | None]
    days: Mapping[str, date | None]
    problem: str | None


def table_in(data: bytes) -> list[Entry]:
    """Answer the rows of a .csv or .xlsx in memory; the file that reading needs is removed again.

    Raises BadInput without a column of names or with too many rows, DeliveryRefused for a file
    that cannot be read.
    """
    with TemporaryDirectory(prefix="names-") as folder:
        path = Path(folder) / ("names.xlsx" if data[:2] == b"PK" else "names.csv")
        path.write_bytes(data)
        found = entries_of(read_table(path))
    if len(found) > MOST_ROWS:
        raise BadInput(
            both(f"一次最多 {MOST_ROWS} 行。", f"at most {MOST_ROWS} rows at a time"),
            parameter="file",
        )
    return found


def row_read(session: Reader, entry: Entry, book: RuleBook, on: date) -> RowRead:
    """Answer a row in the types of a check; a division may be told by name."""
    cells = entry.cells
    name = cells.get("name", "").strip()
    said_kind, said_place = cells.get("kind", "").strip(), cells.get("division", "").strip()
    try:
        return RowRead(
            entry.number, name, kind_said(said_kind, book) if said_kind else None,
            code_of(session, said_place, on) if said_place else None,
            cells.get("place_code", "").strip() or None,
            {one: read_number(cells, one) for one in NUMBERS},
            {one: read_date(cells, one) for one in DATES}, None,
        )  # fmt: skip
    except GeoError as problem:
        first = str(problem).splitlines()[0]
        return RowRead(entry.number, name, None, None, None, {}, {}, first)


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


def as_csv(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """The table as UTF-8 with a byte-order mark; a cell that would be a formula gets a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([[harmless(_clean(cell)) for cell in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """The table as XLSX; text is written as text whatever it begins with."""
    raw = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(raw, options) as book:
        sheet = book.add_worksheet(_SHEET)
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, _clean(cell))
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(headings) - 1, 16)
    return raw.getvalue()


def _clean(cell: str) -> str:
    return "".join(c for c in cell if c.isprintable() or c in "\t\r\n")[:MOST_CELL]
