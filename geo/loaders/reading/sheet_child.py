"""What stands in the sheets of a workbook? Run as a program of its own (see `confined`).

Writes JSON lines: {"hidden"}, the names of sheets that are not read, then per visible sheet
{"sheet", "width", "merged"}, its rows as lists of text, and {"end", "long", "hidden_rows",
"hidden_columns"}. Imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TextIO

PASSWORD, DAMAGED, TOO_LARGE = 11, 12, 13
EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""


def main(path: str, widest: int, longest: int) -> int:
    """Write the sheets of the workbook at `path` to standard output; answer the exit code."""
    import python_calamine as calamine

    out = sys.stdout
    try:
        with calamine.load_workbook(path) as book:
            every = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
            shown = [s.name for s in every if s.visible == calamine.SheetVisibleEnum.Visible]
            write(out, {"hidden": [s.name for s in every if s.name not in shown]})
            parts = parts_of(path)
            for name in shown:
                sheet = book.get_sheet_by_name(name)
                write_sheet(out, name, sheet, widest, longest, hidden_in(path, parts, name, sheet))
    except calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_LARGE
    except (calamine.CalamineError, OSError, ValueError):
        return DAMAGED
    return 0


def write(out: TextIO, value: Any) -> None:
    """One line of JSON."""
    out.write(json.dumps(value, ensure_ascii=True))
    out.write("\n")


_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_HIDDEN = re.compile(rb"<(?:\w+:)?(row|col)\s([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[^<>]*)>")
_CHUNK = 1_000_000


def attributes(text: bytes) -> dict[str, str]:
    """The attributes of an element of XML."""
    return {
        name.decode(): (one or other).decode("utf-8", "replace")
        for name, one, other in _ATTRIBUTE.findall(text)
    }


def parts_of(path: str) -> dict[str, str]:
    """For each sheet of an XLSX the name of its part; nothing for other formats."""
    with suppress(zipfile.BadZipFile, KeyError), zipfile.ZipFile(path) as archive:
        links = archive.read("xl/_rels/workbook.xml.rels")
        told = [attributes(one) for one in re.findall(rb"<(?:\w+:)?Relationship\s[^<>]*", links)]
        target = {one.get("Id"): one.get("Target", "") for one in told}
        sheets = re.findall(rb"<(?:\w+:)?sheet\s[^<>]*", archive.read("xl/workbook.xml"))
        found = {}
        for sheet in map(attributes, sheets):
            link = next((value for key, value in sheet.items() if key.endswith(":id")), None)
            part = target.get(link, "")
            found[unescaped(sheet.get("name", ""))] = (
                part[1:] if part.startswith("/") else f"xl/{part}"
            )
        return found
    return {}


def unescaped(text: str) -> str:
    """A text of XML as people read it."""
    from html import unescape

    return unescape(text)


def hidden_in(path: str, parts: dict[str, str], name: str, sheet: Any) -> tuple[int, list[int]]:
    """How many rows with data are hidden, and which columns (from 0 at the left of the data)."""
    rows = 0
    columns: set[int] = set()
    if name not in parts or not sheet.start:
        return 0, []
    (top, left), (bottom, right) = sheet.start, sheet.end
    with (
        suppress(KeyError, ValueError),
        zipfile.ZipFile(path) as archive,
        archive.open(parts[name]) as part,
    ):
        rest = b""
        while chunk := part.read(_CHUNK):
            text = rest + chunk
            end = 0
            for element in _HIDDEN.finditer(text):
                said, end = attributes(element[2]), element.end()
                if element[1] == b"row":
                    rows += top <= int(said.get("r", 0)) - 1 <= bottom
                else:
                    span = range(int(said["min"]) - 1, min(int(said["max"]), right + 1))
                    columns.update(column - left for column in span if column >= left)
            rest = text[max(end, text.rfind(b"<")) :][-_CHUNK:]
    return rows, sorted(columns)


def write_sheet(
    out: TextIO, name: str, sheet: Any, widest: int, longest: int, hidden: tuple[int, list[int]]
) -> None:
    """One sheet; of one that is too wide only how wide it is."""
    left = sheet.start[1] if sheet.start else 0
    width = sheet.width if sheet.start else 0
    merged = [
        (first[0], first[1] - left, last[0], last[1] - left)
        for first, last in sheet.merged_cell_ranges or ()
    ]
    write(out, {"sheet": name, "width": width, "merged": merged})
    long_numbers: list[tuple[int, int]] = []
    if 0 < width <= widest:
        for number, row in enumerate(sheet.iter_rows()):
            cells = [text_of(cell)[: longest + 1] for cell in row]
            write(out, cells)
            if len(long_numbers) < 1000:
                long_numbers += [(number, n) for n, cell in enumerate(row) if lost(cell)]
    rows, columns = hidden
    end = {"end": name, "long": long_numbers[:1000], "hidden_rows": rows, "hidden_columns": columns}
    write(out, end)


def lost(value: Any) -> bool:
    """Whether a number has more digits than a spreadsheet keeps."""
    return isinstance(value, int | float) and abs(value) >= 10**EXACT_DIGITS


def text_of(value: Any) -> str:
    """A cell as the text that a person sees, with all its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        return f"{Decimal(repr(value)):f}" if value == value else "nan"
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time(0) else value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:4])))
