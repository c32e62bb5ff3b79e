"""How is one figure drawn as a map: the coverage or the gaps that its question answers now?"""

from __future__ import annotations

from geo.access.explain import Explanation
from geo.access.figures.reached import gaps_for
from geo.access.figures.topics import kind_words
from geo.access.report_ground import drawn_places
from geo.errors import BadInput, both
from geo.queries.admin import Reader
from maps.report.drawing import Frame, Stretch, draw_map
from maps.report.words import NO_APPROVAL


def draw_explained(session: Reader, told: Explanation) -> bytes:
    """The map of a figure of coverage or gaps as PNG. Raises BadInput for other topics."""
    asked = told.figure.asked
    if asked.topic not in ("coverage", "gap"):
        raise BadInput(
            both(
                "只有覆盖与缺口的数字可以画成地图。", "only figures of coverage and gaps are drawn"
            ),
            parameter="map",
        )
    districts, places = drawn_places(session, asked)
    seen = dict.fromkeys(o.source or "未知" for o in told.now.origins)
    frame = Frame(
        f"来源:{'、'.join(seen)} · 状态日期 {asked.on} · CGCS2000 · {told.id}", NO_APPROVAL,
        "合成数据,仅供演示" if told.now.has_synthetic else "",
    )  # fmt: skip
    words = kind_words(asked.kind, asked.radius_m)
    if asked.topic == "coverage":
        shares = {line.key: line.values["share_60"] for line in told.now.lines}
        return draw_map(
            frame, districts=districts, streets=places, shares=shares,
            share_words=f"{words}覆盖率",
        )  # fmt: skip
    found = gaps_for(session, asked)
    return draw_map(
        frame, districts=districts, streets=places,
        gaps=[Stretch(str(gap.rank), gap.shape) for gap in found.gaps],
        gap_words=f"{words}缺口(人数最多的 {len(found.gaps)} 处)",
    )  # fmt: skip
