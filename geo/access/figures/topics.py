"""Which questions does a report put, and what answers each? Report and check share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo.access.figures import judged, planned, reached, stock, watched
from geo.access.figures.asked import Answer, Asked
from geo.access.radius.question import kind_name
from geo.queries.admin import Reader


@dataclass(frozen=True, slots=True)
class Topic:
    """One sort of question: the letter of its ids, its name, and what answers it."""

    letter: str
    zh: str
    answer: Callable[[Reader, Asked], Answer]


def answer(session: Reader, asked: Asked) -> Answer:
    """Answer a question from the data as they are now; nothing stored is used."""
    return TOPICS[asked.topic].answer(session, asked)


TOPICS = {
    "people": Topic("P", "老年人口", reached.people_answer),
    "stock": Topic("F", "设施数量", stock.stock_answer),
    "sites": Topic("F", "区域内设施", stock.sites_answer),
    "beds": Topic("B", "床位", judged.beds_answer),
    "coverage": Topic("C", "服务覆盖（直线）", reached.coverage_answer),
    "walk": Topic("W", "服务覆盖（步行）", reached.walk_answer),
    "gap": Topic("G", "服务缺口", reached.gap_answer),
    "must_have": Topic("M", "应有设施", judged.must_have_answer),
    "estates": Topic("E", "配建达标", judged.estate_answer),
    "measures": Topic("L", "布局措施", stock.measures_answer),
    "siting": Topic("S", "推荐选址", planned.siting_answer),
    "scenario": Topic("D", "方案与现状之差", planned.scenario_answer),
    "indicator": Topic("I", "监测指标", watched.indicator_answer),
}
"""Topic → its letter, its name and what answers it."""


def kind_words(kind: str, radius_m: float, measure: str = "line") -> str:
    """A kind with its radius, e.g. 老年食堂 1000 米, on foot 步行 1000 米."""
    walked = "步行 " if measure == "walk" else ""
    return f"{kind_name(kind)} {walked}{radius_m:g} 米"
