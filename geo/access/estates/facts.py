"""What is known of an estate, and what does judging it give?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.access.standards.written import WrittenRule

SUBJECT = "estate_floor_area"

PASS = "pass"  # noqa: S105  a verdict, no password
FAIL = "fail"
UNKNOWN = "unknown"
NOT_DUE = "not_due"
STATUS_WORDS = {
    FAIL: ("不达标", "fails"),
    UNKNOWN: ("未知", "unknown"),
    NOT_DUE: ("未到期", "not due yet"),
    PASS: ("达标", "passes"),
}
"""Verdict → its words, the most pressing first."""

METHOD = (
    "应配建面积 = 户数 ÷ 100 × 每百户标准（按所在地、小区类型和规划批准日的规则，不进位）；"
    "已移交面积不小于应配建面积、单处面积达到下限且已移交的为达标；合并配建的按合并后的总量判定，"
    "限于五分钟生活圈之内；达标率 = 达标 ÷（达标 + 不达标），未知的单列，不计入任何一方。"
)
METHOD_EN = (
    "Required = households / 100 × rate of the place, type and day of approval, not rounded up. "
    "An estate passes when the area handed over is no less, its largest room keeps the minimum and "
    "it is handed over; estates that pool within a five-minute circle are judged together. "
    "Rate = passed / (passed + failed); unknown ones count on neither side and are shown beside it."
)


@dataclass(frozen=True, slots=True)
class Estate:
    """What is known of an estate; None is unknown.

    handed_over_m2, largest_room_m2: elder-care floor area. residential_m2: above-ground dwelling
    floor area. to_host_m: metres from the estate of its pool that handed over most.
    """

    code: str
    name: str
    estate_type: str
    households: int
    approved_on: date | None = None
    handed_over_m2: float | None = None
    largest_room_m2: float | None = None
    handed_over_on: date | None = None
    pool_code: str | None = None
    district_code: str | None = None
    district_name: str | None = None
    residential_m2: float | None = None
    to_host_m: float | None = None
    lon: float | None = None
    lat: float | None = None
    source: str | None = None
    source_date: date | None = None
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class EstateCheck:
    """One estate under its rule: what is required, what is there, the verdict, and why.

    required_m2, provided_m2: of the estate, or of its whole pool when `pool` is not empty; None is
    unknown. words, words_en: the arithmetic, and what is missing. rule None: none applies.
    """

    estate: Estate
    status: str
    required_m2: float | None
    provided_m2: float | None
    rule: WrittenRule | None
    words: str
    words_en: str
    pool: tuple[str, ...] = ()

    @property
    def status_zh(self) -> str:
        """The verdict in Chinese."""
        return STATUS_WORDS[self.status][0]


@dataclass(frozen=True, slots=True)
class EstateRate:
    """How many estates of an area pass; `due` = passed + failed + unknown.

    rate: passed ÷ (passed + failed), None where nothing could be judged. lowest, highest: were all
    unknown ones to fail, or to pass.
    """

    area_code: str
    area_name: str
    passed: int
    failed: int
    unknown: int
    not_due: int
    has_synthetic: bool

    @property
    def due(self) -> int:
        """Estates that should have provided by the day."""
        return self.passed + self.failed + self.unknown

    @property
    def judged(self) -> int:
        """The denominator: those that could be judged."""
        return self.passed + self.failed

    @property
    def rate(self) -> float | None:
        """Passed of judged, 0 to 1."""
        return self.passed / self.judged if self.judged else None

    @property
    def lowest(self) -> float | None:
        """The rate if every unknown estate failed."""
        return self.passed / self.due if self.due else None

    @property
    def highest(self) -> float | None:
        """The rate if every unknown estate passed."""
        return (self.passed + self.unknown) / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class EstateReport:
    """Every estate of a place with its verdict, the most pressing first, and rates by district."""

    city: str
    on: date
    since: date | None
    rows: tuple[EstateCheck, ...]
    districts: tuple[EstateRate, ...]
    total: EstateRate
    rules: tuple[WrittenRule, ...]
    undated: int
    sources: tuple[str, ...]
    computed_at: datetime
    method: str = METHOD
    method_en: str = METHOD_EN

    @property
    def has_synthetic(self) -> bool:
        """Some estate is made up for demonstration."""
        return self.total.has_synthetic


def rate_of(checks: Sequence[EstateCheck], code: str = "", name: str = "合计") -> EstateRate:
    """Count verdicts."""
    number = {status: sum(c.status == status for c in checks) for status in STATUS_WORDS}
    return EstateRate(
        code, name, number[PASS], number[FAIL], number[UNKNOWN], number[NOT_DUE],
        any(check.estate.is_synthetic for check in checks),
    )  # fmt: skip
