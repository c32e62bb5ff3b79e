"""Which homes passed the fire check, whose check is overdue, and which hazards are open?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from geo.access.indicators.counted import Asked
from geo.access.indicators.facilities import Home, check_interval, homes_of, next_check
from geo.access.standards.written import WrittenRule
from geo.access.work_items import VERIFIED, Item, work_items
from geo.models.kinds import kinds_of
from geo.queries.admin import Reader, unit

METHOD = (
    "统计开放的养老机构；达标率 = 达标 ÷ 状态已知的机构，未知的单列；"
    "检查逾期：最近一次检查之后超过规则规定的间隔；没有检查日期的单列为「日期未知」，不算按期。"
)
METHOD_EN = (
    "Open homes. Rate = passed / homes whose state is known; unknown ones stand apart. A check is "
    "overdue when the interval of the rule has passed since the last one; homes without a date are "
    "listed apart and are not in time."
)


@dataclass(frozen=True, slots=True)
class FireRow:
    """One home: its fire state, when it was checked, and until when the next check is in time.

    is_overdue: None where the date or the interval is unknown. hazards: codes of open hazards.
    """

    code: str
    name: str
    district_code: str
    fire_state: str | None
    fire_checked_on: date | None
    next_check_on: date | None
    is_overdue: bool | None
    hazards: tuple[str, ...]
    lon: float
    lat: float
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class FireReport:
    """Every home of a place, overdue ones first, with the rate and the open hazards."""

    city: str
    on: date
    interval: WrittenRule | None
    rows: tuple[FireRow, ...]
    hazards: tuple[Item, ...]
    passed: int
    known: int
    unknown: int
    has_synthetic: bool
    computed_at: datetime

    @property
    def interval_months(self) -> int | None:
        """Months between two checks; None where no rule says."""
        return None if self.interval is None else int(self.interval.value)

    @property
    def method(self) -> str:
        """How it was counted, with the rule about the interval."""
        return METHOD + (f"间隔：{self.interval.cited()}。" if self.interval else "没有间隔规则。")

    @property
    def method_en(self) -> str:
        """The same in English."""
        rule = self.interval.cited_en() if self.interval else "none in force"
        return f"{METHOD_EN} Interval: {rule}."

    @property
    def rate(self) -> float | None:
        """Passed of known."""
        return self.passed / self.known if self.known else None

    @property
    def overdue(self) -> tuple[FireRow, ...]:
        """Homes whose check is overdue, the oldest check first."""
        return tuple(row for row in self.rows if row.is_overdue)

    @property
    def overdue_hazards(self) -> tuple[Item, ...]:
        """Hazards that should have been mended before the day."""
        return tuple(item for item in self.hazards if item.is_overdue(self.on))


def fire_report(session: Reader, *, city: str, on: date) -> FireReport:
    """Fire state, overdue checks and open hazards of the homes of a city, for staff."""
    place = unit(session, city, on)
    asked = Asked(place.code, "district", on)
    homes = homes_of(session, asked, kinds_of("elder_home"))
    interval = check_interval(session, asked)
    months = None if interval is None else int(interval.value)
    items = work_items(session, within=place.code, on=on, kind="fire_hazard")
    hazards = tuple(item for item in items if item.state != VERIFIED)
    rows = sorted(
        (_row(home, hazards, months, on) for home in homes),
        key=lambda row: (not row.is_overdue, row.fire_checked_on or date.min, row.code),
    )
    return FireReport(
        place.code, on, interval, tuple(rows), hazards,
        sum(home.fire_state == "passed" for home in homes),
        sum(home.fire_state is not None for home in homes),
        sum(home.fire_state is None for home in homes),
        any(home.is_synthetic for home in homes) or any(item.is_synthetic for item in hazards),
        datetime.now(UTC),
    )  # fmt: skip


def _row(home: Home, hazards: tuple[Item, ...], months: int | None, on: date) -> FireRow:
    due = None
    if home.fire_checked_on is not None and months is not None:
        due = next_check(home.fire_checked_on, months)
    codes = tuple(
        item.hazard_code or "未分类" for item in hazards if item.subject_code == home.code
    )
    return FireRow(
        home.code, home.name, home.area_code, home.fire_state, home.fire_checked_on, due,
        None if due is None else due < on, codes, home.lon, home.lat, home.is_synthetic,
    )  # fmt: skip
