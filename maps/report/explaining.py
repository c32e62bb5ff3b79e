"""How is one figure drawn as a map: what its question answers now, by areas or places?"""

from __future__ import annotations

from typing import Any

from geo.access.explain import Explanation
from geo.access.figures import TOPICS, Asked
from geo.access.figures.planned import siting_for
from geo.access.figures.reached import gaps_for
from geo.access.figures.stock import facilities_listed
from geo.access.figures.topics import kind_words
from geo.access.indicators import indicator
from geo.access.radius.question import kind_name
from geo.access.radius.seen import as_seen
from geo.access.report_ground import drawn_places, part_of
from geo.access.scenario import scenario
from geo.access.standards import missing
from geo.errors import NotFound
from geo.models.kinds import KINDS
from geo.queries.admin import Reader
from maps.report.drawing import SITE, Frame, Mark, Spot, Stretch, draw_map
from maps.report.words import NO_APPROVAL

SHADED = {
    "people": ("people_60", "60 岁以上人口（人）"), "beds": ("per_1000", "每千名老人床位（张）"),
    "sites": ("open", "在用设施（处）"), "estates": ("rate", "小区配建达标率"),
    "measures": ("sites", "设施（处）"), "scenario": ("share_planned", "方案实施后的覆盖率"),
    "coverage": ("share_60", ""), "walk": ("share_60", ""), "indicator": ("value", ""),
}  # fmt: skip
"""Topics whose lines are areas → the value that shades them, and its words."""


def draw_explained(session: Reader, told: Explanation) -> bytes:
    """The map of a figure as PNG: what its question answers now."""
    asked = told.figure.asked
    ground = asked if asked.areas in ("district", "township", "zone") else part_of(
        asked, areas="district")  # fmt: skip
    ground = part_of(ground, measure="line", network=None)
    try:
        districts, places = drawn_places(session, ground)
    except NotFound:  # units without outlines, judged by what facilities state
        districts, places = drawn_places(session, part_of(ground, areas="district"))
    seen = dict.fromkeys(o.source or "未知" for o in told.now.origins)
    source = f"来源：{'、'.join(seen)} · " if seen else ""
    frame = Frame(
        f"{source}{TOPICS[asked.topic].zh} · 状态日期 {asked.on} · CGCS2000 · {told.id}",
        NO_APPROVAL, "合成数据，仅供演示" if told.now.has_synthetic else "",
    )  # fmt: skip
    parts = _shades(told) | _places(session, told)
    return draw_map(frame, districts=districts, streets=places, **parts)


def _shades(told: Explanation) -> dict[str, Any]:
    """The shading of areas; none where the lines of an answer are no areas."""
    asked = told.figure.asked
    if asked.topic not in SHADED:
        return {}
    name, words = SHADED[asked.topic]
    values = {line.key: line.values.get(name) for line in told.now.lines if line.key}
    if asked.topic in ("coverage", "walk"):
        words = f"{kind_words(asked.kind, asked.radius_m, asked.measure)}覆盖率"
    if asked.topic == "indicator":
        one = indicator(asked.indicator)
        words = one.title
        if not one.unit.startswith("share"):
            return {"amounts": values, "amount_words": words}
    if name.startswith(("share", "rate")) or asked.topic == "indicator":
        return {"shares": values, "share_words": words}
    return {"amounts": values, "amount_words": words}


def _places(session: Reader, told: Explanation) -> dict[str, Any]:
    """What is drawn as places: gaps, chosen sites, changes of a scenario, facilities."""
    asked = told.figure.asked
    if asked.topic == "gap":
        found = gaps_for(session, asked)
        words = kind_words(asked.kind, asked.radius_m)
        return {
            "gaps": [Stretch(str(gap.rank), gap.shape) for gap in found.gaps],
            "gap_words": f"{words}缺口（人数最多的 {len(found.gaps)} 处）",
        }
    if asked.topic == "siting":
        chosen = siting_for(session, asked).best.chosen
        at = [(str(one.order), one.candidate.lon, one.candidate.lat) for one in chosen]
        return _marked(asked, at, "推荐选址") | _facilities(session, asked, asked.kind)
    if asked.topic == "scenario":
        changes = scenario(session, asked.scenario).changes
        at = [(str(number), one.lon, one.lat) for number, one in enumerate(changes, start=1)]
        return _marked(asked, at, "新增或迁入")
    if asked.topic in ("stock", "sites", "measures"):
        return _facilities(session, asked, told.figure.key if asked.topic == "stock" else "")
    if asked.topic == "must_have":
        with as_seen(session, published_only=asked.published_only):
            judged = missing(session, city=asked.city, areas=asked.areas, on=asked.on)
        own = [row for row in judged.rows if row.rule_code == told.figure.key]
        known = {row.area_code: float(row.status == "present") for row in own
                 if row.status != "unknown"}  # fmt: skip
        return {"shares": known, "share_words": f"{told.figure.name}：80–100% 为已有"}
    return {}


def _marked(
    asked: Asked, at: list[tuple[str, float | None, float | None]], words: str
) -> dict[str, Any]:
    marks = [
        Mark(number, lon, lat, asked.radius_m)
        for number, lon, lat in at
        if lon is not None and lat is not None
    ]
    return {"marks": marks, "mark_words": f"{words}及其 {asked.radius_m:g} 米半径"}


def _facilities(session: Reader, asked: Asked, kind: str) -> dict[str, Any]:
    """The facilities in use, of one kind or all."""
    listed = facilities_listed(
        session, city=asked.city, on=asked.on, published_only=asked.published_only
    )
    spots = [
        Spot(one.lon, one.lat)
        for one in listed
        if one.state == "open" and (kind not in KINDS or kind in one.kinds)
    ]
    words = f"在用{kind_name(kind)}" if kind in KINDS else "在用设施"
    return {"spots": {words: ("o", SITE, spots)}}
