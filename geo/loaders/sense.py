"""Do a facility's stated division and its dates agree with the record and with the day?

What is asked here keeps no row out: it is reported, for the deliverer to look at.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from geo.loaders.candidates import Candidates
from geo.loaders.columns import to_numpy
from geo.loaders.report import MOST_PROBLEMS, Problem
from geo.loaders.staging import Target
from geo.loaders.things.units import CodeFinding, find_codes, units_in_force

PAST = ("filed_on", "checked_on", "beds_on", "fire_checked_on", "priced_on", "rated_on")
"""Dates of what has happened already."""
_CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$"


def settle_stated_units(target: Target, rows: Candidates, on: date) -> tuple[list[Problem], int]:
    """Write a division stated by code as the 12-digit code in force, an old one followed to it.

    A code that leads nowhere or to several divisions stays as it is. Answers what is to be told,
    and how many problems more there are.
    """
    stated = rows.text("stated_unit")
    said = pc.unique(stated.filter(pc.fill_null(pc.match_substring_regex(stated, _CODE), False)))
    codes = {text: text.ljust(12, "0") for text in said.to_pylist()}
    if not codes:
        return [], 0
    findings = find_codes(target, codes.values(), on, units_in_force(target, on))
    found = {text: findings.get(code, CodeFinding(None)) for text, code in codes.items()}
    meant = pc.index_in(stated, said)
    settled = pa.array([found[text].code or text for text in said.to_pylist()], pa.string())
    rows.values["stated_unit"] = pc.coalesce(settled.take(meant), stated)
    told = {text: words for text, finding in found.items() if (words := _words(finding, on))}
    places = to_numpy(pc.is_in(stated, pa.array(list(told), pa.string()))).nonzero()[0]
    problems = []
    for place in places[:MOST_PROBLEMS].tolist():
        text = stated[place].as_py()
        problems.append(Problem(int(rows.numbers[place]), "stated_unit", text, *told[text]))
    return problems, len(places) - len(problems)


def _words(finding: CodeFinding, on: date) -> tuple[str, str] | None:
    """The rule and the message for what a code turned out to be; None where it is in force."""
    if finding.path:
        return "old_code", f"旧代码，沿革：{finding.path} · an old code"
    if finding.choices:
        choices = "、".join(finding.choices)
        return (
            "old_code",
            f"旧代码，后继有 {choices}，未核对位置 · replaced by several: not checked",
        )
    if finding.code is None:
        message = f"{on} 没有该代码的区划，未核对位置 · no division has this code on that day"
        return "unknown_code", message
    return None


def future_dates(rows: Candidates, on: date) -> tuple[list[Problem], int]:
    """Tell of dates of what has happened that lie after the delivery's day; they are kept."""
    problems: list[Problem] = []
    count = 0
    message = f"晚于数据截至日期 {on}，请核对 · later than the delivery: check"
    for name in PAST:
        if name not in rows.values:
            continue
        dates = rows.values[name]
        # A rating may be known by its month or year alone; as ISO texts all of them compare.
        is_text = pa.types.is_string(dates.type)
        day = pa.scalar(on.isoformat()) if is_text else pa.scalar(on, pa.date32())
        is_later = pc.fill_null(pc.greater(dates, day), False)
        places = to_numpy(is_later).nonzero()[0]
        count += len(places)
        for place in places[:MOST_PROBLEMS].tolist():
            value = str(dates[place].as_py())
            problems.append(Problem(int(rows.numbers[place]), name, value, "future", message))
    return problems[:MOST_PROBLEMS], count - min(count, MOST_PROBLEMS)
