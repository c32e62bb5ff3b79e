"""What stands in the sheets of a workbook? Run as a program of its own, within limits.

A hostile workbook can ask its reader for any amount of memory; here it only ends this process.
Writes JSON lines: {"names"}, then per visible sheet {"sheet", "width", "merged"}, its rows as lists
of text, and {"end", "long"}. Imports nothing of the project, so that it starts quickly.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TextIO

PASSWORD, DAMAGED, TOO_LARGE = 11, 12, 13
EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""


def limit(memory: int, seconds: int) -> None:
    """Let this process have no more than so many bytes and seconds, where the system can say so."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, memory: int, seconds: int, widest: int, longest: int) -> int:
    """Write the sheets of the workbook at `path` to standard output; answer the exit code."""
    limit(memory, seconds)
    import python_calamine as calamine

    out = sys.stdout
    try:
        with calamine.load_workbook(path) as book:
            sheets = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == calamine.SheetVisibleEnum.Visible
                and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            write(out, {"names": sheets})
            for name in sheets:
                write_sheet(out, name, book.get_sheet_by_name(name), widest, longest)
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


def write_sheet(out: TextIO, name: str, sheet: Any, widest: int, longest: int) -> None:
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
    write(out, {"end": name, "long": long_numbers[:1000]})


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
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:6])))
