"""Which division does a row with a code mean, and does what it says agree with the record?

An old code is followed to today's; a code that is not on record begins a division when the row
says enough of it. A code's prefix is no proof of its superior.
"""

from __future__ import annotations

import re

from geo.loaders.things.spec import Batch, Thing
from geo.loaders.things.units import CodeFinding, Unit, UnitNames
from geo.text import core

Why = tuple[str | None, str, str]


def settle_by_code(
    thing: Thing, batch: Batch, findings: dict[str, CodeFinding], units: dict[str, Unit],
    names: UnitNames, new: set[str],
) -> Why | None:  # fmt: skip
    """Settle a row by its code; an old one is followed to today's, with the path in the report.

    `new` are the codes that begin with this file: a roster brings villages with their townships.
    """
    code: str = thing.values["code"]
    finding = findings[code]
    if finding.code is None and finding.choices:
        choices = ", ".join(finding.choices)
        message = f"该代码已由多个单位取代：{choices}；请指明 · replaced by several: say which"
        return "code", "old_code", message
    if finding.code is None:
        return _new_unit(thing, code, names, new)
    if finding.path:
        batch.report(thing, "code", "old_code", f"旧代码，沿革：{finding.path} · an old code")
    thing.code = finding.code
    unit = units[finding.code]
    level = thing.values["level"]
    if level is not None and level != unit.level:
        message = f"级别 {level} 与在册级别 {unit.level} 不符 · the level on record is {unit.level}"
        return "level", "level", message
    thing.values["level"] = unit.level
    thing.values["parent_code"] = unit.parent_code
    return _check_parent(thing, unit, names) or _check_name(thing, batch, unit, finding)


def _check_name(thing: Thing, batch: Batch, unit: Unit, finding: CodeFinding) -> Why | None:
    """A code with another name is either a renaming, which is reported, or a wrong code."""
    name = thing.values["name"]
    if not name or finding.path:
        thing.values["name"] = unit.name
    elif name != unit.name:
        if core(name) == core(unit.name) or unit.name.endswith(name) or name.endswith(unit.name):
            thing.values["name"] = unit.name
        message = f"该代码在册名称为「{unit.name}」 · on record as {unit.name}"
        batch.report(thing, "name", "other_name", message)
    return None


def _check_parent(thing: Thing, unit: Unit, names: UnitNames) -> Why | None:
    """The stated superior must stand above the unit; the code's prefix is no proof of it."""
    stated = thing.values["stated_unit"]
    found = superiors_of(stated, names) if stated else []
    if found and not any(names.is_below(unit, superior) for superior in found):
        above = "、".join(u.name for u in names.above(unit)) or "无 none"
        message = f"在册上级为 {above}，不是 {stated} · its superiors on record are {above}"
        return "stated_unit", "parent", message
    return None


def superiors_of(stated: str, names: UnitNames) -> list[Unit]:
    """The divisions that a cell means by code or by name."""
    if re.fullmatch(r"\d+", stated):
        unit = names.units.get(stated.ljust(12, "0"))
        return [unit] if unit else []
    return names.named(stated)


def _new_unit(thing: Thing, code: str, names: UnitNames, new: set[str]) -> Why | None:
    """A code that is not on record begins a unit, if the row says enough to hold one."""
    if not thing.values["name"]:
        message = (
            "库中没有该代码，文件也没有名称，不能建立区划 · "
            "the code is not on record and the file gives no name"
        )
        return "code", "unknown_code", message
    thing.code = code
    level = level_of(code)
    if thing.values["level"] not in (None, level):
        message = f"级别与代码不符，代码为 {level} 级 · the code has level {level}"
        return "level", "level", message
    stated = thing.values["stated_unit"]
    found = [u for u in (superiors_of(stated, names) if stated else []) if u.level < level]
    own = stated.ljust(12, "0") if stated and stated.isdecimal() else None
    if own in new and own != code and level_of(own) < level:
        thing.values |= {"level": level, "parent_code": own}
        return None
    if stated and not found:
        message = f"库中没有上级「{stated}」 · the superior {stated} is not on record"
        return "stated_unit", "parent", message
    thing.values["level"] = level
    thing.values["parent_code"] = found[0].code if found else _prefix_parent(code, names, new)
    return None


def level_of(code: str) -> int:
    """The level that the zeros of a 12-digit code speak of."""
    for level, zeros in ((1, 10), (2, 8), (3, 6), (4, 3)):
        if code.endswith("0" * zeros):
            return level
    return 5


def _prefix_parent(code: str, names: UnitNames, new: set[str]) -> str | None:
    """The nearest unit, on record or new with this file, under whose prefix the code stands."""
    for digits in (9, 6, 4, 2):
        above = code[:digits].ljust(12, "0")
        if above != code and (above in names.units or above in new):
            return above
    return None
