"""Does each district have the beds, the land and the floor area that the written rules ask for?

    required = people × the rule's number; provided = what open facilities are known to have

An area passes as soon as what is known is enough, fails only when everything is known and too
little, and is else unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text

from geo.access.coverage import coverage
from geo.access.indicators.counted import AREAS, Area, Asked, areas_of, named
from geo.access.indicators.facilities import Home, homes_of, residential_kinds
from geo.access.standards.circles import SUBJECT as CIRCLES
from geo.access.standards.circles import check_circle, circle_needs
from geo.access.standards.written import WrittenRule, most_specific, rules_for
from geo.models.kinds import KINDS, kinds_of
from geo.queries.admin import BELOW, Reader, unit

SUBJECTS = (
    "beds_per_1000_elders", "nursing_bed_share", "land_per_head", "community_floor_area",
)  # fmt: skip

WIDEST_MINUTES = 15
"""A district or zone is judged as made of circles of this size and of all lower tiers."""

_PEOPLE = {
    by: text(
        f"""WITH RECURSIVE {BELOW}, area AS MATERIALIZED ({rows}),
        placed AS (
            SELECT DISTINCT ON (c.id) a.code, c.people_total
            FROM area a JOIN demand_cell c ON ST_Intersects(a.geom, c.geom)
            WHERE c.basis = 'resident' AND c.base_year = :base_year AND c.projection = 'none'
            ORDER BY c.id, a.code)
        SELECT code, CASE WHEN bool_or(people_total IS NULL) THEN NULL ELSE sum(people_total) END
        FROM placed GROUP BY code"""
    )
    for by, rows in AREAS.items()
    if by != "city"
}


@dataclass(frozen=True, slots=True)
class AreaCheck:
    """One area under one rule: status is pass, fail or unknown; amounts are in `unit`."""

    area_code: str
    area_name: str
    subject: str
    unit: str
    required: float | None
    provided: float | None
    status: str
    rule: WrittenRule
    words: str
    words_en: str
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class AreaReport:
    """Every area under every rule that applies, and the subjects for which no rule was found."""

    city: str
    by: str
    on: date
    rows: tuple[AreaCheck, ...]
    without_rule: tuple[str, ...]
    sources: tuple[str, ...]
    has_synthetic: bool
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of an area; None is unknown."""

    area: Area
    people_60: float | None
    people_total: float | None
    homes: list[Home]


def area_checks(session: Reader, *, city: str, by: str = "district", on: date) -> AreaReport:
    """Judge every district (township, zone) of a city by the rules in force there, for staff.

    Subjects: beds per 1 000 elders, nursing share, land per head, community floor area, life
    circles. Raises NotFound for an unknown division or where there are no people.
    """
    place = unit(session, city, on)
    rules = rules_for(session, *SUBJECTS, CIRCLES, place=place.code, on=on, today=on)
    asked = Asked(place.code, by, on)
    found = coverage(session, city=place.code, areas=by, kind="elder_home", radius_m=1000, on=on)
    people_60 = {row.area_code: row.people_60 for row in found.rows}
    base_year = found.question.base_year
    rows = session.execute(_PEOPLE[by], {**asked.binds(), "base_year": base_year})
    people = {row[0]: row[1] for row in rows}
    homes = homes_of(session, asked, list(KINDS))
    facts = [
        _Facts(
            area, people_60.get(area.code), people.get(area.code),
            [home for home in homes if home.area_code == area.code],
        )
        for area in areas_of(session, asked)
    ]  # fmt: skip
    checks: list[AreaCheck] = []
    chosen = {subject: most_specific(rules, subject, on) for subject in SUBJECTS}
    for subject, rule in chosen.items():
        if rule is not None:
            checks += [_JUDGES[subject](one, rule, found.has_synthetic) for one in facts]
    circles = [rule for rule in rules if rule.subject == CIRCLES]
    for one in facts:
        checks += _circles(one, circles, on, found.has_synthetic)
    sources = {named(home.source, home.source_date) for home in homes}
    sources |= {named(s.source, s.source_date) for s in found.sources if s.what == "people"}
    return AreaReport(
        place.code, by, on, tuple(checks),
        tuple(subject for subject, rule in chosen.items() if rule is None),
        tuple(sorted(sources)), any(check.is_synthetic for check in checks), datetime.now(UTC),
    )  # fmt: skip


def _beds(one: _Facts, rule: WrittenRule, synthetic: bool) -> AreaCheck:
    homes = [home for home in one.homes if set(home.kinds) & set(residential_kinds())]
    known = [home.beds_total for home in homes if home.beds_total is not None]
    required = None if one.people_60 is None else one.people_60 / 1000 * rule.value
    sum_ = f"{_n(one.people_60)} ÷ 1000 × {rule.value:g} = {_n(required)}"
    return _compared(
        one, rule, "床 beds", required, sum(known), len(homes) - len(known), sum_, synthetic
    )


def _nursing(one: _Facts, rule: WrittenRule, synthetic: bool) -> AreaCheck:
    homes = [home for home in one.homes if set(home.kinds) & set(kinds_of("elder_home"))]
    known = [h for h in homes if h.beds_nursing is not None and h.beds_total is not None]
    beds = sum(home.beds_total or 0 for home in known)
    nursing = sum(home.beds_nursing or 0 for home in known)
    required = beds * rule.value if beds else None
    sum_ = f"{beds:,} × {rule.value:.0%} = {_n(required)}"
    unknown = len(homes) - len(known)
    check = _compared(one, rule, "床 nursing beds", required, nursing, unknown, sum_, synthetic)
    if unknown and check.status == "pass":  # beds that are not known raise what is required too
        return _compared(one, rule, "床 nursing beds", required, None, unknown, sum_, synthetic)
    return check


def _land(one: _Facts, rule: WrittenRule, synthetic: bool) -> AreaCheck:
    required = None if one.people_total is None else one.people_total * rule.value
    sum_ = f"{_n(one.people_total)} × {rule.value:g} = {_n(required)}"
    return _compared(one, rule, "㎡ 用地 land", required, None, 0, sum_, synthetic)


def _floor(one: _Facts, rule: WrittenRule, synthetic: bool) -> AreaCheck:
    homes = [home for home in one.homes if set(home.kinds) & set(kinds_of("community"))]
    known = [home.floor_area_m2 for home in homes if home.floor_area_m2 is not None]
    required = None if one.people_total is None else one.people_total / 1000 * rule.value
    sum_ = f"{_n(one.people_total)} ÷ 1000 × {rule.value:g} = {_n(required)}"
    return _compared(
        one, rule, "㎡ 建筑面积 floor area", required, sum(known), len(homes) - len(known), sum_,
        synthetic,
    )  # fmt: skip


_JUDGES: dict[str, Callable[[_Facts, WrittenRule, bool], AreaCheck]] = dict(
    zip(SUBJECTS, (_beds, _nursing, _land, _floor), strict=True)
)


def _compared(
    one: _Facts,
    rule: WrittenRule,
    unit_: str,
    required: float | None,
    provided: float | None,
    unknown: int,
    sum_: str,
    synthetic: bool,
) -> AreaCheck:
    """Enough is enough; too little fails only where nothing is unknown."""
    if required is None or provided is None:
        status = "unknown"
    elif provided >= required * (1 - 1e-12):
        status = "pass"
    else:
        status = "unknown" if unknown else "fail"
    zh = {"pass": "达到", "fail": "未达到", "unknown": "无法判定"}[status]
    more_zh = f"；另有 {unknown} 处数值未知" if unknown else ""
    more_en = f"; {unknown} more unknown" if unknown else ""
    return AreaCheck(
        one.area.code, one.area.name, rule.subject, unit_, required, provided, status, rule,
        f"应有 {sum_} {unit_}，已知 {_n(provided)}{more_zh}：{zh}。{rule.cited()}",
        f"required {sum_}, known {_n(provided)}{more_en}: {status}. {rule.cited_en()}",
        synthetic or any(home.is_synthetic for home in one.homes),
    )  # fmt: skip


def _circles(
    one: _Facts, rules: Sequence[WrittenRule], on: date, synthetic: bool
) -> list[AreaCheck]:
    """The tiers of the life circles; nothing where people are unknown or no rule speaks of them."""
    if one.people_total is None or not any(
        int(rule.rule["minutes"]) == WIDEST_MINUTES for rule in rules
    ):
        return []
    present = Counter(kind for home in one.homes for kind in set(home.kinds))
    needs = circle_needs(rules, minutes=WIDEST_MINUTES, persons=one.people_total, on=on)
    return [
        AreaCheck(
            one.area.code, one.area.name, CIRCLES, "处 facilities", check.need.least,
            check.present, check.status, check.need.rule, check.words, check.words_en,
            synthetic or any(home.is_synthetic for home in one.homes),
        )
        for check in check_circle(needs, present)
    ]  # fmt: skip


def _n(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.0f}"
