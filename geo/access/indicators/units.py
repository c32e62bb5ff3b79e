"""In how many townships, villages or counties is what a rule asks for: a facility, officers?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from geo.access.indicators.catalogue import Indicator
from geo.access.indicators.counted import Area, Asked, Counted, areas_of, named
from geo.access.indicators.facilities import Home, homes_of
from geo.access.radius.seen import as_seen
from geo.access.standards.must_have import PRESENT, UNKNOWN, Judgement, missing
from geo.access.standards.written import most_specific, rules_for
from geo.models.kinds import kinds_of
from geo.queries.admin import BELOW, Reader

# Units of a level with the district above each: its parent, or its parent's parent.
_MEMBERS = text(
    f"""WITH RECURSIVE {BELOW}
    SELECT u.code, u.name, u.parent_code, p.parent_code AS above_code,
        u.geom IS NOT NULL AS is_drawn, u.is_synthetic, u.source, u.source_date,
        (SELECT array_agg(DISTINCT f.name) FROM facility f
         WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
           AND f.validity @> CAST(:on AS date)
           AND (ST_Intersects(u.geom, f.geom)
             OR (u.geom IS NULL AND f.admin_code = u.code))) AS names,
        (SELECT coalesce(bool_or(f.is_synthetic), false) FROM facility f
         WHERE f.kinds && CAST(:kinds AS text[]) AND f.state = 'open'
           AND f.validity @> CAST(:on AS date)
           AND (ST_Intersects(u.geom, f.geom)
             OR (u.geom IS NULL AND f.admin_code = u.code))) AS has_synthetic
    FROM below b JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.validity @> CAST(:on AS date)
    WHERE u.level = :level ORDER BY u.code"""
)

_FIGURES = text(
    f"""WITH RECURSIVE {BELOW}
    SELECT u.code, u.parent_code, p.parent_code AS above_code, s.value, s.source, s.source_date,
        coalesce(s.is_synthetic, false) OR u.is_synthetic AS is_synthetic
    FROM below b JOIN admin_unit u ON u.code = b.code AND u.validity @> CAST(:on AS date)
    LEFT JOIN admin_unit p ON p.code = u.parent_code AND p.validity @> CAST(:on AS date)
    LEFT JOIN LATERAL (
        SELECT * FROM stated_figure g
        WHERE g.admin_code = u.code AND g.figure = :figure AND g.counted_on <= CAST(:on AS date)
        ORDER BY g.counted_on DESC LIMIT 1) s ON true
    WHERE u.level = 4 ORDER BY u.code"""
)

MINOR_LEVELS = {3: ("中心",), 4: ("工作站", "保护站", "服务站"), 5: ("工作点", "保护点", "服务点")}
"""Level of a division → how the names of its minors' protection bases end: 中心, 站, 点."""


BASE = "minor_station"

Judge = Callable[[list[str], bool], bool | None]
"""Names of a unit's facilities, and whether its territory is known → does it have what is asked?"""


@dataclass(frozen=True, slots=True)
class Case:
    """One unit: the codes under which it counts, and whether it has what is asked or None."""

    codes: frozenset[str]
    has: bool | None
    is_synthetic: bool
    source: str


def share_with(areas: Sequence[Area], cases: Iterable[Case]) -> list[Counted]:
    """Of the units of each area, how many have what is asked; unknown ones stand apart."""
    mine: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for code in case.codes:
            mine[code].append(case)
    return [
        Counted(
            area.code,
            area.name,
            sum(case.has is True for case in mine[area.code]),
            sum(case.has is not None for case in mine[area.code]),
            sum(case.has is None for case in mine[area.code]),
            any(case.is_synthetic for case in mine[area.code]),
            frozenset(case.source for case in mine[area.code]),
        )
        for area in areas
    ]


def share_at_least(figures: Sequence[float | None], least: float) -> tuple[int, int, int]:
    """How many figures reach `least`, how many are known, how many are unknown."""
    known = [figure for figure in figures if figure is not None]
    return sum(figure >= least for figure in known), len(known), len(figures) - len(known)


def must_have_rate(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Townships that have an open facility by a must-have rule, of those that could be judged."""
    with as_seen(session, published_only=asked.published_only):
        areas = areas_of(session, asked)
        found = missing(session, city=asked.city, on=asked.on)
    rows = [row for row in found.rows if row.rule_code == indicator.params["rule"]]
    return share_with(areas, [_judged(row, asked.city) for row in rows])


def _judged(row: Judgement, city: str) -> Case:
    """A judgement as a case; what is planned or under construction is not there yet."""
    has = None if row.status == UNKNOWN else row.status == PRESENT
    codes = frozenset(code for code in (city, row.parent_code) if code)
    is_synthetic = any(facility.is_synthetic for facility in row.facilities)
    return Case(codes, has, is_synthetic, f"规则 {row.rule_code}")


def township_staffing(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """乡镇民政力量配备率: townships whose stated number of officers reaches that of the rule."""
    subject = indicator.params["rule_subject"]
    rules = rules_for(session, subject, place=asked.city, on=asked.on, today=asked.on)
    rule = most_specific(rules, subject, asked.on)
    rows = session.execute(_FIGURES, {**asked.binds(), "figure": indicator.params["figure"]})
    cases = [
        Case(
            _codes(asked, row),
            None if row.value is None or rule is None else row.value >= rule.value,
            row.is_synthetic,
            named(row.source, row.source_date) if row.value is not None else "未填报",
        )
        for row in rows
    ]
    return share_with(areas_of(session, asked), cases)


def minor_protection(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Units of one level that have a minors' protection base of that level (县、乡、村三级).

    Where no base of any level is on record, nobody has told yet where they are: unknown.
    """
    level = indicator.params["level"]
    known = bool(_bases(session, asked))

    def judge(names: list[str], is_drawn: bool) -> bool | None:
        levels = [minor_level(name) for name in names]
        if level in levels:
            return True
        return None if None in levels or not is_drawn or not known else False

    return _by_level(session, asked, level, [BASE], judge)


def _bases(session: Reader, asked: Asked) -> list[Home]:
    """Every open base of the city, of any level."""
    return homes_of(session, replace(asked, by="city"), [BASE])


def minor_level(name: str) -> int | None:
    """The level of division that a base serves, told by the end of its name; None: not told."""
    for level, ends in MINOR_LEVELS.items():
        if name.strip().rstrip("0123456789-()（）").endswith(ends):
            return level
    return None


def units_with_facility(session: Reader, indicator: Indicator, asked: Asked) -> list[Counted]:
    """Units of a level in which a facility of some groups is open."""
    kinds = [kind for group in indicator.params["groups"] for kind in kinds_of(group)]

    def judge(names: list[str], is_drawn: bool) -> bool | None:
        return True if names else (False if is_drawn else None)

    return _by_level(session, asked, indicator.params["level"], kinds, judge)


def _by_level(
    session: Reader, asked: Asked, level: int, kinds: list[str], judge: Judge
) -> list[Counted]:
    """Judge every unit of a level by the names of the facilities in it."""
    with as_seen(session, published_only=asked.published_only):
        areas = areas_of(session, asked)
        rows = session.execute(_MEMBERS, {**asked.binds(), "level": level, "kinds": kinds}).all()
    return share_with(
        areas,
        [
            Case(
                _codes(asked, row),
                judge(row.names or [], row.is_drawn),
                row.is_synthetic or row.has_synthetic,
                named(row.source, row.source_date),
            )
            for row in rows
        ],
    )


def _codes(asked: Asked, row: object) -> frozenset[str]:
    """The areas that a unit counts for: the asked one, and its superiors up to the district."""
    above = (asked.city, getattr(row, "parent_code", None), getattr(row, "above_code", None))
    return frozenset(code for code in above if code)
