"""What exactly is asked about coverage, and by which rule is it answered?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.access.walking.pace import metres_in, minutes_in_words
from geo.errors import BadInput, both
from geo.models.demand import BASES
from geo.models.kinds import GROUPS, KINDS, kinds_of
from geo.queries.admin import full_code
from geo.queries.filters import check_radius

AREAS = {"district": "区县", "township": "乡镇街道", "zone": "片区", "polygon": "给定范围"}
"""Into which areas people are sorted; `polygon` is any set that the caller brings."""

MEASURES = ("line", "walk")
FALLBACKS = ("none", "line")

RADII_M = (300.0, 500.0, 1000.0)
"""The radii that pages offer: the 5-, 10- and 15-minute walks of the planning standards."""

MINUTES = (5.0, 10.0, 15.0)
"""The minutes that pages offer on foot."""


def radii_offered(measure: str) -> tuple[float, ...]:
    """The lengths in metres that pages offer: along the line, or on foot at the elders' pace."""
    return tuple(metres_in(each) for each in MINUTES) if measure == "walk" else RADII_M


@dataclass(frozen=True, slots=True)
class Question:
    """One question about coverage. Build it with `ask`, which checks every part.

    city: 12-digit code of the city (or any division above the areas); "" for given polygons.
    radius_m: metres, as `measure` counts them: line (geodesic) or walk (along the roads of
    `network`; None = the only one there). fallback: line where areas without roads shall be
    measured by the straight line, else none. basis, base_year, projection: which count of people.
    across_border: facilities outside a person's own area count for that person.
    published_only: only published facilities and areas count; what the public is told rests on it.
    """

    city: str
    areas: str
    kind: str
    radius_m: float
    on: date
    basis: str = "resident"
    base_year: int | None = None
    projection: str = "none"
    across_border: bool = True
    published_only: bool = False
    measure: str = "line"
    network: str | None = None
    fallback: str = "none"

    def binds(self) -> dict[str, Any]:
        """The bind values that the statements of this folder share."""
        return {
            "code": self.city,
            "on": self.on,
            "basis": self.basis,
            "base_year": self.base_year,
            "projection": self.projection,
        }


def ask(
    *,
    city: str,
    areas: str,
    kind: str,
    radius_m: float,
    on: date,
    basis: str = "resident",
    base_year: int | None = None,
    projection: str = "none",
    across_border: bool = True,
    published_only: bool = False,
    measure: str = "line",
    network: str | None = None,
    fallback: str = "none",
) -> Question:
    """Check the parts of a question. Raises BadInput that names the part at fault."""
    if areas not in AREAS:
        raise BadInput(f"areas is one of {', '.join(AREAS)}, not {areas[:40]!r}", parameter="areas")
    if basis not in BASES:
        raise BadInput(f"basis is one of {', '.join(BASES)}, not {basis[:40]!r}", parameter="basis")
    if measure not in MEASURES:
        raise BadInput(f"measure is line or walk, not {measure[:40]!r}", parameter="measure")
    if fallback not in FALLBACKS:
        raise BadInput(f"fallback is none or line, not {fallback[:40]!r}", parameter="fallback")
    if measure == "line" and (network is not None or fallback != "none"):
        raise BadInput(
            both(
                "network 和 fallback 只用于步行距离，请加 measure=walk。",
                "network and fallback belong to walking distances: add measure=walk.",
            ),
            parameter="network" if network is not None else "fallback",
        )
    kinds_of(kind)
    check_radius(radius_m)
    code = "" if areas == "polygon" else full_code(city)
    return Question(
        code, areas, kind, float(radius_m), on, basis, base_year, projection, across_border,
        published_only, measure, network, fallback,
    )  # fmt: skip


def no_areas(question: Question) -> str:
    """What to say where a question has no areas."""
    return both(
        f"{question.on} {question.city} 之下没有{AREAS[question.areas]}的记录。",
        f"no areas of the kind {question.areas!r} are known under {question.city} on {question.on}",
    )


def kind_name(kind: str, lang: str = "zh") -> str:
    """The name of a kind or group of facilities."""
    named = KINDS.get(kind) or GROUPS[kind]
    return named.zh if lang == "zh" else named.en


def rule_in_words(question: Question, lang: str = "zh") -> str:
    """The rule by which a question is answered, in one paragraph, for tables and maps."""
    across, year = question.across_border, question.base_year or "未知"
    published = question.published_only
    radius, day = f"{question.radius_m:g}", question.on.isoformat()
    name = kind_name(question.kind, lang)
    border = "facilities outside the area count" if across else "only those inside the area count"
    if lang == "zh":
        basis = {"resident": "常住", "registered": "户籍"}[question.basis]
        return (
            f"{name}{_measured_zh(question, radius)}不大于半径即为覆盖，每人只计一次；"
            f"{'区域外设施计入' if across else '仅计本区域内设施'}；"
            f"{basis}人口，基准年 {year}；设施状态截至 {day}；"
            f"{'仅计已公开的设施' if published else '未公开的设施也计入'}。"
        )
    return (
        f"{name} within {radius} m, {_measured_en(question)} to any open facility is not longer "
        f"than the radius; nobody counts twice; {border}; {question.basis} population, base year "
        f"{year}; facilities in force on {day}, {'published ones only' if published else 'all'}."
    )


def _measured_zh(question: Question, radius: str) -> str:
    """What is measured, in Chinese."""
    if question.measure == "line":
        return (
            f"直线 {radius} 米覆盖：人口格网以代表点计，代表点到任一在用设施的测地线距离"
            "（CGCS2000 椭球）"
        )
    roads = f"路网 {question.network}" if question.network else "无路网"
    return (
        f"步行 {radius} 米覆盖（{minutes_in_words(question.radius_m, 'zh')}）：人口格网以代表点计，"
        f"代表点与设施各接到最近的道路（{roads}，现存版本，接路段按直线计入），"
        "代表点沿可步行道路到任一在用设施的距离"
        + ("（无路网的区域按测地线直线距离，逐行注明）" if question.fallback == "line" else "")
    )


def _measured_en(question: Question) -> str:
    """What is measured, in English."""
    cell = "a cell is its representative point and is covered when"
    if question.measure == "line":
        return f"straight line: {cell} the geodesic (CGCS2000 ellipsoid)"
    roads = f"network {question.network!r} as stored today" if question.network else "no network"
    falls = (
        " (areas without a network: the straight line, said in their rows)"
        if question.fallback == "line"
        else ""
    )
    return (
        f"on foot ({minutes_in_words(question.radius_m, 'en')}): cells and facilities are joined "
        f"to the nearest way ({roads}), what lies beside it counts as walked straight; {cell} the "
        f"way along walkable roads{falls}"
    )
