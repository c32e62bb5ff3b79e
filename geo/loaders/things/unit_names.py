"""Which division does a row without a code mean, by its name and where it lies?

By exact name below the stated superior (or below the county that the shape lies in), else by a
name there that differs in its ending. A name alone is never enough, for names occur twice.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from geo.loaders.staging import Target
from geo.loaders.things.spec import Batch, Thing
from geo.loaders.things.unit_codes import Why, superiors_of
from geo.loaders.things.units import Unit, UnitNames, is_same_but_ending
from geo.models import STORED_SRID


class NameMatch:
    """Finds the units of rows without codes: exact names first, then names that end differently.

    A unit that one row names exactly is not given to another that only resembles it.
    """

    def __init__(self, names: UnitNames, around: dict[int, str]) -> None:
        self.names = names
        self.around = around
        self.claimed: set[str] = set()
        self.waiting: list[tuple[Thing, list[Unit]]] = []

    def settle_exactly(self, thing: Thing) -> Why | None:
        """Match by the exact name below the stated superior, or the county around the shape."""
        name, stated = thing.values["name"], thing.values["stated_unit"]
        if not name:
            return "name", "name", "既无代码也无名称 · neither a code nor a name"
        superiors = superiors_of(stated, self.names) if stated else []
        if stated and not superiors:
            message = f"库中没有上级「{stated}」，无法确认 · the superior is not on record"
            return "stated_unit", "parent", message
        if not superiors and thing.number in self.around:
            superiors = [self.names.units[self.around[thing.number]]]
        below = self._nearer(
            thing, [unit for superior in superiors for unit in self.names.below(superior)]
        )
        found = [unit for unit in below if unit.name == name]
        if not stated and not found and superiors:  # the county around may be what is meant
            county = superiors[0]
            found = [unit for unit in (county, *self.names.above(county)) if unit.name == name]
        if len(found) == 1:
            self._take(thing, found[0])
        elif found:
            return "name", "no_code", _choices(name, found)
        else:
            self.waiting.append((thing, below))
        return None

    def settle_by_ending(self, batch: Batch) -> list[tuple[Thing, str | None, str, str]]:
        """Match what is left by names that differ in their ending; refuse what has no one unit."""
        why: list[tuple[Thing, str | None, str, str]] = []
        for thing, below in self.waiting:
            name = thing.values["name"]
            found = [
                unit for unit in below
                if unit.code not in self.claimed and is_same_but_ending(name, unit.name)
            ]  # fmt: skip
            if len(found) == 1:
                said = f"「{found[0].name}」{found[0].code}"
                message = f"按名称主体对应{said} · matched but for its ending"
                batch.report(thing, "name", "matched_by_suffix", message)
                self._take(thing, found[0])
            else:
                message = _choices(name, found) if found else self._unmatched(thing)
                why.append((thing, "name", "no_code", message))
        return why

    def _nearer(self, thing: Thing, units: list[Unit]) -> list[Unit]:
        """Where the superior spans several counties, those units in the county around the shape."""
        distinct = list({unit.code: unit for unit in units}.values())
        if thing.number not in self.around:
            return distinct
        county = self.names.units[self.around[thing.number]]
        same_name = [u for u in distinct if u.name == thing.values["name"]]
        if len(same_name) < 2:
            return distinct
        return [u for u in distinct if self.names.is_below(u, county)]

    def _take(self, thing: Thing, unit: Unit) -> None:
        self.claimed.add(unit.code)
        thing.code = unit.code
        thing.values |= {"name": unit.name, "level": unit.level, "parent_code": unit.parent_code}

    def _unmatched(self, thing: Thing) -> str:
        name = thing.values["name"]
        elsewhere = [
            f"{unit.code} {'/'.join(a.name for a in self.names.above(unit)[:1])}{unit.name}"
            for unit in self.names.named(name)[:5]
        ]
        hint_zh = f"（别处有 {'、'.join(elsewhere)}）" if elsewhere else ""
        hint_en = "; elsewhere there is one" if elsewhere else ""
        stated = thing.values["stated_unit"]
        where = f"{stated}内" if stated else "图形所在的区县内"
        return (
            f"{where}没有名为「{name}」的在册单位；请给代码或正式名称{hint_zh} · "
            f"no unit on record has this name there: give its code{hint_en}"
        )


def _choices(name: str, found: list[Unit]) -> str:
    choices = ", ".join(f"{unit.code} {unit.name}" for unit in found[:5])
    return f"「{name}」可指 {choices}；请给代码 · fits more than one: give the code"


def counties_around(session: Target, batch: Batch, on: date) -> dict[int, str]:
    """The county-level unit on whose ground each shape without a code mostly lies, by row."""
    wanted = [
        (thing, shape) for thing, shape in zip(batch.things, batch.shapes, strict=True)
        if shape is not None and not thing.values["code"]
    ]  # fmt: skip
    if not wanted:
        return {}
    rows: list[dict[str, Any]] = [
        {"row": thing.number, "x": point.x, "y": point.y}
        for thing, shape in wanted
        for point in (shape.representative_point(),)
    ]
    found = session.execute(
        text(f"""
SELECT p.row, (SELECT u.code FROM admin_unit u
    WHERE u.level = 3 AND u.validity @> CAST(:on AS date) AND u.geom IS NOT NULL
      AND ST_Covers(u.geom, ST_SetSRID(ST_MakePoint(p.x, p.y), {STORED_SRID}))
    ORDER BY u.code LIMIT 1) AS code
FROM unnest(CAST(:rows AS int[]), CAST(:xs AS float8[]), CAST(:ys AS float8[])) AS p(row, x, y)"""),
        {"on": on, "rows": [r["row"] for r in rows], "xs": [r["x"] for r in rows],
         "ys": [r["y"] for r in rows]},
    )  # fmt: skip
    return {row.row: row.code for row in found if row.code}
