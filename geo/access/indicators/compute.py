"""What is the value of an indicator in each area, does it meet its target, and who leads?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from geo.access.indicators import facilities, people, planning, units
from geo.access.indicators.catalogue import LEVEL_WORDS, Indicator, indicator
from geo.access.indicators.counted import Asked, Counted
from geo.access.league import MARK, Contender, League, league
from geo.access.radius.seen import as_seen
from geo.access.standards.written import WrittenRule, most_specific, rules_for
from geo.errors import BadInput, NotAllowed, both
from geo.queries.admin import Reader, unit
from geo.sums import SumCheck, check_sum

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


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One area's value: numerator ÷ denominator × scale; None is unknown, never 0.

    unknown: cases on neither side. meets: whether the target is met; None without value or target.
    mark: 合成 where anything of the table is made up, else empty.
    """

    area_code: str
    area_name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    unknown: int
    meets: bool | None
    note: str
    is_synthetic: bool
    mark: str


@dataclass(frozen=True, slots=True)
class Computation:
    """An indicator by area: its rows by code, the whole place, the target and what it rests on.

    check: whether the areas' numerators add up to that of the whole place (what lies in no area is
    in the whole only).
    """

    indicator: Indicator
    asked: Asked
    rows: tuple[IndicatorValue, ...]
    total: IndicatorValue
    threshold: WrittenRule | None
    check: SumCheck
    sources: tuple[str, ...]
    has_synthetic: bool
    computed_at: datetime

    @property
    def title(self) -> str:
        """What a table of it is headed by; synthetic data stands in front."""
        plain = f"{self.indicator.title} · {LEVEL_WORDS[self.asked.by]} · {self.asked.on}"
        return f"【{MARK}】{plain}" if self.has_synthetic else plain

    @property
    def method(self) -> str:
        """Definition and formula in words, with the target and its source."""
        one = self.indicator
        said = f"{one.definition}。公式：{one.formula}。"
        if self.threshold is not None:
            said += f"目标：{self.threshold.cited()}。"
        if self.asked.rounded_to:
            said += f"人数取整到 {self.asked.rounded_to:g}，不足的不公布。"
        return said

    @property
    def method_en(self) -> str:
        """The same in English, in short."""
        one = self.indicator
        target = f" Target: {self.threshold.cited_en()}." if self.threshold else ""
        return f"{one.title_en}: numerator / denominator, {one.unit}.{target}"


def compute_indicator(
    session: Reader,
    id_: str,
    *,
    city: str,
    by: str = "district",
    on: date,
    published_only: bool = False,
    rounded_to: float = 0,
) -> Computation:
    """The values of an indicator in every area of a city (or any division) on a day.

    published_only: rest on what the public sees only, with people rounded to `rounded_to`. Raises
    NotFound for an unknown indicator or division, BadInput for a level at which it is not defined,
    NotAllowed for an internal one where the public asks.
    """
    one = indicator(id_)
    if published_only and one.is_internal:
        raise NotAllowed(
            both(
                f"「{one.title}」仅供内部使用。",
                f"{one.id} is for staff; use the planner's address",
            )
        )
    if by not in one.levels:
        levels = "、".join(f"{LEVEL_WORDS[level]} {level}" for level in one.levels)
        raise BadInput(
            both(
                f"「{one.title}」只有：{levels}。", f"{one.id} is given by {', '.join(one.levels)}"
            ),
            parameter="areas",
        )
    with as_seen(session, published_only=published_only):
        place = unit(session, city, on)
        threshold = _threshold(session, one, place.code, on)
    asked = Asked(place.code, by, on, published_only, rounded_to)
    counted = COMPUTES[one.computes](session, one, asked)
    whole = counted
    if by != "city":
        above = Asked(place.code, "city", on, published_only, rounded_to)
        whole = COMPUTES[one.computes](session, one, above)
    synthetic = any(row.is_synthetic for row in (*counted, *whole))
    rows = tuple(_value(row, one, threshold, synthetic) for row in counted)
    total = _value(whole[0], one, threshold, synthetic)
    return Computation(
        one, asked, rows, total, threshold,
        check_sum(total.numerator, [row.numerator for row in rows]),
        tuple(sorted(frozenset().union(*(row.sources for row in (*counted, *whole))))),
        synthetic, datetime.now(UTC),
    )  # fmt: skip


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
    row: Counted, one: Indicator, threshold: WrittenRule | None, synthetic: bool
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
        row.note, row.is_synthetic, MARK if synthetic else "",
    )  # fmt: skip
