"""Which divisions are there, who borders on whom, and what was it in another year? The page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps.base import Layer, Page, View, draw_view

VIEW = View(
    wing="boundaries",
    module="pages/boundaries.js",
    zh="界线",
    en="Boundaries",
    layers=(
        Layer("today", "今日区界（仅作位置参考）", "Today's outlines (for orientation)"),
        Layer("units", "所选年份的区划", "Divisions of the chosen year"),
        Layer("picked", "所选区划与邻接", "Chosen division and neighbours"),
    ),
)


def draw_boundaries(page: Page, data: Mapping[str, Any] | None = None) -> str:
    """Answer the page of boundaries as HTML.

    data: None, or for one self-contained file `units` (all versions of the city's divisions),
    `neighbours` and `history` (each a mapping code → answer).
    """
    return draw_view(page, VIEW, data)
