"""What is the value of an indicator in each area, does it meet its target, and who leads?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from geo.access.indicators import facilities, people, planning, units
from geo.access.indicators.catalogue import LEVEL_WORDS, Indicator, indicator
from geo.access.indicators.computation import MEASURES, Computation
from geo.access.indicators.computation import IndicatorValue as IndicatorValue
from geo.access.indicators.counted import Asked, Counted
from geo.access.league import MARK, Contender, League, league
from geo.access.radius.seen import as_seen
from geo.access.standards.written import WrittenRule, most_specific, rules_for
from geo.errors import BadInput, NotAllowed, both
from geo.queries.admin import Reader, unit
from geo.sums import check_sum

Compute = Callable[[Reader, Indicator, Asked], list[Counted]]

COMPUTES: dict[str, Compute] = {
    "coverage_share": people.coverage_share,
    "beds_per_1000": people.beds_per_1000,
    "nursing_bed_share": facilities.nursing_bed_share,
    "occupancy": facilities.occupancy,
    "public_built_private_run": facilities.public_built_private_run,
    "fire_passed": facilities.fire_passed,
    "fire_checked_in_time": facilities.fire_checked_in_time,
    "must_have_rate": units.must_have_rate,
    "township_staffing": units.township_staffing,
    "minor_protection": units.minor_protection,
    "units_with_facility": units.units_with_facility,
    "estate_pass_rate": planning.estate_pass_rate,
    "project_start_rate": planning.project_start_rate,
    "project_overdue_share": planning.project_overdue_share,
    "project_paid_share": planning.project_paid_share,
    "work_verified_share": planning.work_verified_share,
}
"""The one registry: `computes` of the catalogue → the function."""


def compute_indicator(
    session: Reader,
    id_: str,
    *,
    city: str,
    by: str | None = "district",
    on: date,
    published_only: bool = False,
    rounded_to: float = 0,
    measure: str = "line",
    network: str | None = None,
) -> Computation:
    """The values of an indicator in every area of a city (or any division) on a day.

    by: a level; None: districts, or the first level that it has.
    published_only: rest on what the public sees only, with people rounded to `rounded_to`. measure:
    walk for a coverage along the stored roads (`network` where several lie there); areas without
    roads are unknown. Raises NotFound for an unknown indicator or division, BadInput for a level at
    which it is not defined or a measure that it does not have, NotAllowed for an internal one where
    the public asks, Ambiguous where several networks lie there.
    """
    one = indicator(id_)
    if published_only and one.is_internal:
        raise NotAllowed(
            both(
                f"「{one.title}」仅供内部使用。",
                f"{one.id} is for staff; use the planner's address",
            )
        )
    by = one.level(by)
    if by not in one.levels:
        levels = "、".join(f"{LEVEL_WORDS[level]} {level}" for level in one.levels)
        raise BadInput(
            both(
                f"「{one.title}」可按：{levels}。", f"{one.id} is given by {', '.join(one.levels)}"
            ),
            parameter="areas",
        )
    _check_measure(one, measure, network)
    with as_seen(session, published_only=published_only):
        place = unit(session, city, on)
        threshold = _threshold(session, one, place.code, on)
    asked = Asked(place.code, by, on, published_only, rounded_to, measure, network)
    counted = COMPUTES[one.computes](session, one, asked)
    whole = counted
    if by != "city":
        whole = COMPUTES[one.computes](session, one, replace(asked, by="city"))
    synthetic = any(row.is_synthetic for row in (*counted, *whole))
    rows = tuple(_value(row, one, threshold, synthetic, rounded_to) for row in counted)
    total = _value(whole[0], one, threshold, synthetic, rounded_to)
    return Computation(
        one, asked, rows, total, threshold,
        check_sum(total.numerator, [row.numerator for row in rows]),
        tuple(sorted(frozenset().union(*(row.sources for row in (*counted, *whole))))),
        synthetic, datetime.now(UTC),
    )  # fmt: skip


def _check_measure(one: Indicator, measure: str, network: str | None) -> None:
    if measure not in MEASURES:
        raise BadInput(
            both("计量方式为 line 或 walk。", "measure is line or walk"), parameter="measure"
        )
    if measure == "walk" and not one.has_distance:
        raise BadInput(
            both(f"「{one.title}」不按距离计算。", f"{one.id} measures no distance"),
            parameter="measure",
        )
    if network is not None and measure != "walk":
        raise BadInput(
            both("路网仅用于步行（measure=walk）。", "a network is for measure=walk"),
            parameter="network",
        )


def league_of(now: Computation, before: Computation | None = None) -> League:
    """The areas of a computation ranked by value; `before`: the same indicator one period ago."""
    if before is not None and (before.indicator.id, before.asked.by) != (
        now.indicator.id,
        now.asked.by,
    ):
        raise BadInput(
            both("两期须为同一指标、同一层级。", "both periods need one indicator and one level"),
            parameter="since",
        )
    one = now.indicator
    span = f"（与 {before.asked.on} 相比）" if before else ""
    return league(
        f"{one.title}排名 · {LEVEL_WORDS[now.asked.by]} · {now.asked.on}{span}",
        _contenders(now.rows),
        previous=_contenders(before.rows) if before else None,
        higher_is_better=one.higher_is_better,
        rule=now.method,
        rule_en=now.method_en,
    )


def _contenders(rows: Sequence[IndicatorValue]) -> list[Contender]:
    return [
        Contender(
            row.area_code, row.area_name, row.value, row.numerator, row.denominator, row.unknown,
            row.is_synthetic,
        )
        for row in rows
    ]  # fmt: skip


def _threshold(session: Reader, one: Indicator, place: str, on: date) -> WrittenRule | None:
    if one.threshold_subject is None:
        return None
    rules = rules_for(session, one.threshold_subject, place=place, on=on, today=on)
    return most_specific(rules, one.threshold_subject, on)


def _value(
    row: Counted, one: Indicator, threshold: WrittenRule | None, synthetic: bool, base: float
) -> IndicatorValue:
    value = None
    if row.numerator is not None and row.denominator:
        value = row.numerator / row.denominator * one.scale
    meets = None
    if value is not None and threshold is not None:
        slack = 1e-9 * abs(threshold.value)
        meets = (
            value >= threshold.value - slack
            if one.higher_is_better
            else value <= threshold.value + slack
        )
    return IndicatorValue(
        row.area_code, row.area_name, value, row.numerator, row.denominator, row.unknown, meets,
        row.note if value is not None else _why_unknown(row, one, base), row.is_synthetic,
        MARK if synthetic else "",
    )  # fmt: skip


def _why_unknown(row: Counted, one: Indicator, base: float) -> str:
    """Why there is no value, in words: an area never stands there as unknown without a reason."""
    if row.note:
        return row.note
    if row.numerator is None or row.denominator is None:
        return f"人数不足 {base:g}，不公布" if base else "资料未知"
    unknown = f"；{row.unknown} 个情况未知" if row.unknown else ""
    return f"没有「{one.denominator}」，无法计算{unknown}"
