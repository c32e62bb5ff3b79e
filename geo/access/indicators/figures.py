"""Which figures do offices state of divisions, where the map cannot count?"""

from __future__ import annotations

import csv
import math
import re
from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.access.indicators.catalogue import catalogue
from geo.errors import BadInput, both
from geo.loaders.personal import redact
from geo.queries.admin import unit

_STORE = text(
    """INSERT INTO stated_figure (admin_code, figure, value, unit, counted_on, source, source_date)
    VALUES (:code, :figure, :value, :unit, :on, :source, :on)
    ON CONFLICT (admin_code, figure, counted_on)
    DO UPDATE SET value = excluded.value, unit = excluded.unit, source = excluded.source"""
)


def known_figures() -> tuple[str, ...]:
    """The figures that some indicator asks for."""
    return tuple(
        sorted({one.params["figure"] for one in catalogue().values() if "figure" in one.params})
    )


def state_figure(
    session: Session,
    division: str,
    figure: str,
    value: float,
    *,
    unit: str,
    on: date,
    source: str | None,
) -> str:
    """Store what an office states of a division for a day; answers the division's name.

    The same figure of the same day is corrected. The caller commits. Raises NotFound for an unknown
    division, BadInput for a figure that no indicator asks for, or a number below 0.
    """
    if figure not in known_figures():
        known = "、".join(known_figures())
        raise BadInput(
            both(f"没有「{figure[:40]}」这个填报项；可用：{known}。",
                 f"unknown figure {figure[:40]!r}; known: {known}"),
            parameter="figure",
        )  # fmt: skip
    if not (math.isfinite(value) and value >= 0):
        raise BadInput(both("数值须不小于 0。", "a figure is 0 or more"), parameter="value")
    if re.search(r"[\x00-\x1f]", unit) or (source and redact(source) != source):
        raise BadInput(both("单位或来源含有不能保存的内容。", "unit or source cannot be stored"),
                       parameter="source")  # fmt: skip
    found = _unit(session, division, on)
    values = {"code": found[0], "figure": figure, "value": value, "unit": unit, "on": on}
    session.execute(_STORE, {**values, "source": source})
    return found[1]


def _unit(session: Session, division: str, on: date) -> tuple[str, str]:
    found = unit(session, division, on)
    return found.code, found.name


_DIVISION = ("division", "code", "区划", "区划代码", "区划名称", "乡镇", "乡镇街道")
_VALUE = ("value", "数值", "人数")


def read_figures(path: Path) -> list[tuple[str, float]]:
    """Division (name or code) and number of every row of a CSV, each division once.

    Raises BadInput that names the row or the column at fault: other columns than these two are not
    taken, so that nobody's name comes in.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as problem:
        raise BadInput(
            both(f"无法读取 {path}（须为 UTF-8 的 CSV）。", f"cannot read {path} as UTF-8 CSV"),
            parameter="file",
        ) from problem
    names = [cell.strip() for cell in head]
    if len(names) != 2 or names[0] not in _DIVISION or names[1] not in _VALUE:
        raise BadInput(
            both(
                "只收两列，依次为：区划（名称或代码）、数值；不收姓名等其他列。",
                "two columns are taken: division (name or code) and value; no names of persons",
            ),
            parameter="file",
        )
    found: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        try:
            division, value = row[0].strip(), float(row[1])
            if len(row) != 2 or not division or division in found or not 0 <= value < math.inf:
                raise ValueError
        except (ValueError, IndexError):
            raise BadInput(
                both(
                    f"{path} 第 {number} 行须有不重复的区划和不小于 0 的数值。",
                    f"row {number} of {path} needs a division of its own and a number of 0 or more",
                ),
                parameter="file",
            ) from None
        found[division] = value
    return list(found.items())
