"""How many elders are within reach of a kind of facility, where are the gaps, what is missing?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="access",
    module="pages/access.js",
    zh="覆盖与缺口",
    en="Coverage and gaps",
    layers=(
        Layer("ground", "区界（示意）", "Districts (schematic)"),
        Layer("areas", "分区指标", "Areas by the measure"),
        Layer("gaps", "缺口", "Gaps"),
        Layer("reach", "步行等时圈", "Minutes on foot"),
        Layer("facilities", "设施", "Facilities", shown=False),
    ),
    styles=("css/access.css",),
)


def draw_access(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page of coverage and gaps as HTML.

    data: None, or for one self-contained file `units`, `zones`, `coverage` and `gaps` (lists of the
    API's answers), `missing` and `facilities`.
    """
    return draw_view(page, VIEW, data)
