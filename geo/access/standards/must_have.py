"""Which townships, streets or zones lack a facility that each must have by a written rule?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from geo.errors import BadInput
from geo.queries.admin import BELOW, Reader, ancestors

SUBJECT = "must_have"

PRESENT = "present"
UNDER_CONSTRUCTION = "under_construction"
PLANNED = "planned"
PAUSED = "paused"
LACKING = "lacking"
UNKNOWN = "unknown"
STATUS_ZH = {
    LACKING: "缺",
    PLANNED: "规划中",
    UNDER_CONSTRUCTION: "在建",
    PAUSED: "暂停",
    UNKNOWN: "未知",
    PRESENT: "已有",
}
"""Status → its Chinese word, the most pressing first."""

_RULES = text(
    """SELECT r.code, r.title, r.status, r.source, r.rule FROM standard_rule r
    WHERE r.subject = :subject AND r.validity @> CAST(:on AS date)
      AND (r.scope_code IS NULL OR r.scope_code = ANY(:above))
    ORDER BY r.code"""
)

_UNIT_TYPES = {
    "township": """SELECT u.code, u.name, u.unit_type, u.parent_code, u.geom, u.is_synthetic
        FROM below b JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
        WHERE u.level = 4""",
    "zone": """SELECT z.code, z.name, NULL AS unit_type, z.parent_code, z.geom, z.is_synthetic
        FROM below b JOIN planning_zone z ON z.parent_code = b.code
        WHERE z.validity @> CAST(:on AS date)""",
}


# The digits that a division's own code shares with all codes below it.
_STEM = "left(p.code, CASE p.level WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 6 ELSE 9 END)"


def _units_statement(areas: str) -> Any:
    return text(
        f"""WITH RECURSIVE {BELOW}
        SELECT u.code, u.name, u.unit_type, u.parent_code, u.geom IS NOT NULL AS is_drawn,
            u.is_synthetic
        FROM ({_UNIT_TYPES[areas]}) AS u ORDER BY u.code"""
    )


def _held_statement(areas: str) -> Any:
    """By position where the territory is known; else by the division that the facility states.

    A stated name counts only where one unit of the city bears it, and only for a facility that lies
    in that unit's superior, by division code or position: names repeat from city to city.
    """
    return text(
        f"""WITH RECURSIVE {BELOW},
        area AS MATERIALIZED ({_UNIT_TYPES[areas]}),
        single AS (SELECT name FROM area GROUP BY name HAVING count(*) = 1)
        SELECT a.code AS area_code, f.code, f.name, f.kinds, f.state, f.is_synthetic
        FROM area a JOIN facility f ON ST_Intersects(a.geom, f.geom)
        WHERE f.kinds && CAST(:kinds AS text[]) AND f.validity @> CAST(:on AS date)
          AND f.state <> 'closed'
        UNION ALL
        SELECT a.code, f.code, f.name, f.kinds, f.state, f.is_synthetic
        FROM area a
        LEFT JOIN admin_unit p ON p.code = a.parent_code AND p.validity @> CAST(:on AS date)
        JOIN facility f ON f.admin_code = a.code
          OR (f.stated_unit = a.name AND a.name IN (SELECT name FROM single)
            AND (ST_Intersects(p.geom, f.geom) OR starts_with(f.admin_code, {_STEM})))
        WHERE a.geom IS NULL
          AND f.kinds && CAST(:kinds AS text[]) AND f.validity @> CAST(:on AS date)
          AND f.state <> 'closed'
        ORDER BY 1, 2"""
    )


_UNITS = {areas: _units_statement(areas) for areas in _UNIT_TYPES}
_HELD = {areas: _held_statement(areas) for areas in _UNIT_TYPES}


@dataclass(frozen=True, slots=True)
class Rule:
    """A written rule: of these kinds each unit of these types must have at least `value`.

    status: verified, second_hand or unverified; a rule that is not verified is shown as 待核实.
    """

    code: str
    title: str
    status: str
    source: str | None
    kinds: tuple[str, ...]
    unit_types: tuple[str, ...]
    value: int


@dataclass(frozen=True, slots=True)
class Held:
    """A facility that a unit has, in whichever state but closed."""

    code: str
    name: str
    kinds: tuple[str, ...]
    state: str
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """One unit under one rule.

    status: present (enough open ones), under_construction, planned or paused (enough when those
    count too), lacking, or unknown: no territory is known and no facility states the unit.
    judged_by: position or stated.
    """

    rule_code: str
    area_code: str
    area_name: str
    parent_code: str | None
    status: str
    judged_by: str
    facilities: tuple[Held, ...]

    @property
    def status_zh(self) -> str:
        """The status in Chinese."""
        return STATUS_ZH[self.status]


@dataclass(frozen=True, slots=True)
class Missing:
    """All judgements, the most pressing first, and the rules they follow."""

    areas: str
    rules: tuple[Rule, ...]
    rows: tuple[Judgement, ...]
    has_synthetic: bool

    def counts(self, rule_code: str) -> dict[str, int]:
        """Status → number of units, for one rule; nothing but what was judged."""
        return dict(Counter(row.status for row in self.rows if row.rule_code == rule_code))


def missing(session: Reader, *, city: str, areas: str = "township", on: date) -> Missing:
    """Judge every township (or zone) of a city by every must-have rule in force for it.

    Townships fall under the rules for their type (街道, 镇, 乡 …); zones stand in for townships and
    fall under all. Present ones are listed too, last: a rate needs its denominator.
    Raises BadInput for other areas, NotFound for an unknown city.
    """
    if areas not in _UNIT_TYPES:
        raise BadInput(f"areas is township or zone, not {areas[:40]!r}", parameter="areas")
    above = [unit.code for unit in ancestors(session, city, on)]
    rules = _rules(session, above, on)
    values = {
        "code": above[0],
        "on": on,
        "kinds": sorted({kind for rule in rules for kind in rule.kinds}),
    }
    units = session.execute(_UNITS[areas], values).all()
    held: dict[str, list[Held]] = {}
    for row in session.execute(_HELD[areas], values):
        found = Held(row.code, row.name, tuple(row.kinds), row.state, row.is_synthetic)
        held.setdefault(row.area_code, []).append(found)
    rows = [
        _judged(rule, unit, held.get(unit.code, []))
        for rule in rules
        for unit in units
        if areas == "zone" or _is_of_type(unit, rule.unit_types)
    ]
    urgency = list(STATUS_ZH)
    rows.sort(key=lambda row: (row.rule_code, urgency.index(row.status), row.area_code))
    synthetic = any(u.is_synthetic for u in units) or any(
        facility.is_synthetic for row in rows for facility in row.facilities
    )
    return Missing(areas, tuple(rules), tuple(rows), synthetic)


def _rules(session: Reader, above: Sequence[str], on: date) -> list[Rule]:
    """The must-have rules in force for a city: national, or of a division above it."""
    values = {"subject": SUBJECT, "on": on, "above": list(above)}
    return [
        Rule(
            row.code,
            row.title,
            row.status,
            row.source,
            tuple(row.rule.get("kinds", ())),
            tuple(row.rule.get("unit_types", ())),
            int(row.rule.get("value", 1)),
        )
        for row in session.execute(_RULES, values)
    ]


def _is_of_type(unit: Any, types: Sequence[str]) -> bool:
    """Whether a unit is of one of the types: by its stated type, else by the end of its name."""
    if not types:
        return True
    return unit.unit_type in types if unit.unit_type else unit.name.endswith(tuple(types))


def _judged(rule: Rule, unit: Any, held: Sequence[Held]) -> Judgement:
    """One unit under one rule, by what it has."""
    counting = [facility for facility in held if set(facility.kinds).intersection(rule.kinds)]
    number = Counter(facility.state for facility in counting)
    status, sum_so_far = LACKING, 0
    for state, reached in (
        ("open", PRESENT),
        ("under_construction", UNDER_CONSTRUCTION),
        ("planned", PLANNED),
        ("paused", PAUSED),
    ):
        sum_so_far += number[state]
        if sum_so_far >= rule.value:
            status = reached
            break
    if status == LACKING and not unit.is_drawn:
        status = UNKNOWN
    return Judgement(
        rule.code,
        unit.code,
        unit.name,
        unit.parent_code,
        status,
        "position" if unit.is_drawn else "stated",
        tuple(counting),
    )
