"""Do the values of a row agree with each other, with the day, and with the divisions on record?

What is asked here keeps no row out: it is reported, for the deliverer to look at.
"""

from __future__ import annotations

import re
from datetime import date

from geo.loaders.staging import Target
from geo.loaders.things.spec import Batch, Options, Spec
from geo.loaders.things.units import find_codes, units_in_force

_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


def report_doubtful_values(batch: Batch, spec: Spec, on: date) -> None:
    """Report dates after the day of the delivery, and parts that are larger than their whole."""
    for thing in batch.things:
        said = thing.values
        for name in spec.past:
            value = said[name]
            if value is not None and value > (on if isinstance(value, date) else on.year):
                message = f"晚于数据截至日期 {on}，请核对 · later than the delivery: check"
                batch.report(thing, name, "future", message)
        for part, whole in spec.parts:
            if None not in (said[part], said[whole]) and said[part] > said[whole]:
                message = (
                    f"大于「{batch.heading(whole) or whole}」的 {said[whole]:,g}，请核对 · "
                    f"more than {whole}: check"
                )
                batch.report(thing, part, "part", message)


def settle_stated_units(
    session: Target, batch: Batch, spec: Spec, on: date, options: Options
) -> None:
    """Give each row its stated division, an old code followed to that in force, with the path.

    A code that leads nowhere, or to several divisions, is reported and left as it is: the row is
    then checked against no division. Kinds whose rows are divisions settle unknown ones themselves.
    """
    codes: dict[str, str] = {}
    for thing in batch.things:
        stated = thing.values["stated_unit"] or options.within
        thing.values["stated_unit"] = stated
        if stated and _CODE.fullmatch(stated):
            codes[stated] = stated.ljust(12, "0")
    if not codes:
        return
    units = units_in_force(session, on)
    findings = find_codes(session, codes.values(), on, units)
    for thing in batch.things:
        finding = findings.get(codes.get(thing.values["stated_unit"] or "", ""))
        if finding is None:
            continue
        if finding.path:
            batch.report(
                thing, "stated_unit", "old_code", f"旧代码，沿革：{finding.path} · an old code"
            )
        elif finding.choices:
            choices = "、".join(finding.choices)
            message = f"旧代码，后继有 {choices}，未核对位置 · replaced by several: not checked"
            batch.report(thing, "stated_unit", "old_code", message)
        elif finding.code is None and spec.table != "admin_unit":
            message = f"{on} 没有该代码的区划，未核对位置 · no division has this code on that day"
            batch.report(thing, "stated_unit", "unknown_code", message)
        thing.values["stated_unit"] = finding.code or thing.values["stated_unit"]
