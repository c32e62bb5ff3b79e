"""What are the measures of an area, and the rules that they follow?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo.access.radius.answer import AreaCoverage
from geo.access.radius.ground import Source
from geo.access.radius.question import Question, rule_in_words

FEW = 10.0
"""Of how many people a published number must not tell, where nothing else is set."""

SUPPLIES = {"beds": "床位", "meals": "日供餐份数"}


@dataclass(frozen=True, slots=True)
class AreaMeasures:
    """The measures of one area; None is unknown, never 0. Counts are of people aged 60 and over.

    disabled: 失能, from the data of every cell (disabled_by "data") or by the set rate ("rate");
    disabled_covered: those of them within reach, by the same estimate.
    served_2, served_3: within reach of so many facilities at least. seated_60: whom the supply
    suffices for, nearest first. supply: beds or meals a day inside the area; supply_unknown: how
    many facilities there state none. per_thousand: supply per 1 000 elders. access: mean supply per
    1 000 elders by floating catchments. own_60: covered by facilities of their own area; gain_60:
    more with those across the border. held_by_few: the largest share of the supply
    behind access that `Measures.few` people hold who live at one place.
    """

    area_code: str
    area_name: str
    status: str
    measured_by: str | None = None
    people_60: float | None = None
    people_65: float | None = None
    people_80: float | None = None
    disabled: float | None = None
    disabled_by: str | None = None
    disabled_covered: float | None = None
    covered_60: float | None = None
    served_2: float | None = None
    served_3: float | None = None
    seated_60: float | None = None
    supply: float | None = None
    supply_unknown: int | None = None
    per_thousand: float | None = None
    access: float | None = None
    own_60: float | None = None
    gain_60: float | None = None
    held_by_few: float | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of all areas of a question, and what they rest on.

    gini: of access among elders, 0 = all alike; None where unknown. lorenz: points (share of
    elders, share of supply) at equal steps of elders, least served first. few: how many people
    `held_by_few` is of. supply_unknown: facilities that state no supply: they cover people, but
    seat nobody. disabled_rate: the set share, with its
    source. rounded_to: published counts are multiples of it.
    """

    question: Question
    supply: str
    method: str
    rows: tuple[AreaMeasures, ...]
    total: AreaMeasures
    gini: float | None
    lorenz: tuple[tuple[float, float], ...] | None
    facilities: int | None
    supply_unknown: int | None
    disabled_rate: float | None
    disabled_source: str
    sources: tuple[Source, ...]
    stamp: int
    computed_at: datetime
    few: float = FEW
    rounded_to: float | None = None

    @property
    def has_synthetic(self) -> bool:
        """Some of the people, facilities or roads are made up for demonstration."""
        return any(source.is_synthetic for source in self.sources)

    @property
    def rule(self) -> str:
        """The rules in Chinese."""
        rate = (
            f"失能人数：各格网数据齐全时取其估计值，否则按 60+ 人口的 {self.disabled_rate:.1%} 估计"
            f"（来源：{self.disabled_source or '未注明，待核实'}）"
            if self.disabled_rate is not None
            else "失能人数：仅在各格网数据齐全时给出，未设失能率"
        )
        return (
            rule_in_words(self.question)
            + "重复覆盖：可达设施数不少于 2、3 处。"
            + f"容量（{SUPPLIES[self.supply]}）约束覆盖：就近优先，"
            "按距离由近到远逐对把尚未安排的老人安排到尚有余量的设施，未注明容量的设施不参与。"
            f"可达性：{self.method} 法，每千名老人可及{SUPPLIES[self.supply]}，按街区老人加权平均；"
            "基尼系数与洛伦兹曲线按格网老人加权，曲线按老人数等分取点。跨界增益：计入区域外设施后的覆盖减去仅计本区域设施的覆盖。"
            + rate
            + "；失能覆盖为可达格网内的估计失能人数，按同一口径。"
        )

    @property
    def rule_en(self) -> str:
        """The rules in English."""
        return (
            rule_in_words(self.question, "en")
            + " Served twice: within reach of two facilities. Within capacity: nearest first, pairs"
            " by distance, who is not yet seated takes what room is left; facilities without a"
            f" stated supply ({self.supply}) seat nobody. Access: {self.method}, supply per 1 000"
            " elders. Gain: covered with facilities across the border minus without. Disabled: from"
            " the data where every cell has it, else the set share of people aged 60 and over;"
            " covered: those of cells within reach. The Lorenz curve: equal steps of elders."
        )


def bare(row: AreaCoverage) -> AreaMeasures:
    """The people of an area and those who are covered; the rest is unknown yet."""
    return AreaMeasures(
        row.area_code, row.area_name, row.status, row.measured_by, row.people_60, row.people_65,
        row.people_80, covered_60=row.covered_60,
    )  # fmt: skip
