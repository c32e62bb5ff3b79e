"""How is an indicator by area told: its rows, the whole, the target, the rule in words?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo.access.indicators.catalogue import LEVEL_WORDS, Indicator
from geo.access.indicators.counted import Asked
from geo.access.league import MARK
from geo.access.standards.written import WrittenRule
from geo.sums import SumCheck

MEASURES = {
    "line": ("距离为直线（测地线）。", " Distances are straight lines (geodesics)."),
    "walk": (
        "距离沿已载入的步行路网；没有路网的区域为未知。",
        " Distances are along the stored roads on foot; areas without roads are unknown.",
    ),
}


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
        how = "（步行）" if self.asked.measure == "walk" else ""
        plain = f"{self.indicator.title}{how} · {LEVEL_WORDS[self.asked.by]} · {self.asked.on}"
        return f"【{MARK}】{plain}" if self.has_synthetic else plain

    @property
    def method(self) -> str:
        """Definition and formula in words, with the target and its source."""
        one = self.indicator
        said = f"{one.definition}。公式：{one.formula}。"
        if one.has_distance:
            said += MEASURES[self.asked.measure][0]
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
        how = MEASURES[self.asked.measure][1] if one.has_distance else ""
        return f"{one.title_en}: numerator / denominator, {one.unit}.{how}{target}"
